namespace KubeSentiment.Bench.Fuzz;

/// <summary>One broken request.</summary>
/// <param name="Class">What is wrong with it, for the table.</param>
/// <param name="Bytes">All bytes to send.</param>
/// <param name="Framing">The HTTP itself may be malformed: the server's connection layer may answer without a body, or hang up.</param>
/// <param name="HalfClose">The client ends its side after the bytes.</param>
/// <param name="Head">The method is HEAD: the answer has no body.</param>
internal sealed record FuzzCase(string Class, byte[] Bytes, bool Framing = false, bool HalfClose = false, bool Head = false)
{
    private const int Shown = 400;

    /// <summary>The bytes as printable text, cut.</summary>
    public string Escaped()
    {
        var text = new System.Text.StringBuilder();
        foreach (var b in Bytes.AsSpan(0, Math.Min(Bytes.Length, Shown)))
        {
            _ = b switch
            {
                (byte)'\r' => text.Append("\\r"),
                (byte)'\n' => text.Append("\\n"),
                >= 0x20 and < 0x7f => text.Append((char)b),
                _ => text.Append($"\\x{b:x2}"),
            };
        }

        return Bytes.Length > Shown ? $"{text}... ({Bytes.Length} bytes)" : text.ToString();
    }
}
