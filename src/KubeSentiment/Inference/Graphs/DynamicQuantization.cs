namespace KubeSentiment.Inference.Graphs;

/// <summary>Tells graphs that were quantized dynamically.</summary>
/// <remarks>
/// Their operator takes the scale of an activation from the largest value in the whole batch, padding and neighbours included: scores were seen to move by 0.6.
/// ONNX Runtime does not show the nodes of a session; the operator's name stands in the file as it is.
/// </remarks>
internal static class DynamicQuantization
{
    private static ReadOnlySpan<byte> Operator => "DynamicQuantizeLinear"u8;

    public static bool IsIn(string onnxPath)
    {
        using var stream = File.OpenRead(onnxPath);
        var buffer = new byte[1 << 16];
        var kept = 0;
        for (int read; (read = stream.Read(buffer.AsSpan(kept))) > 0;)
        {
            var filled = buffer.AsSpan(0, kept + read);
            if (filled.IndexOf(Operator) >= 0)
            {
                return true;
            }

            // The name may lie across two reads.
            kept = Math.Min(filled.Length, Operator.Length - 1);
            filled[^kept..].CopyTo(buffer);
        }

        return false;
    }
}
