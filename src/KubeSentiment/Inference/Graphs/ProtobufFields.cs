using System.Text;

namespace KubeSentiment.Inference.Graphs;

/// <summary>Writes fields of small protobuf messages; the counterpart of <see cref="ProtobufMessage"/>.</summary>
internal static class ProtobufFields
{
    public static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    public static byte[] Number(int field, long number) => [.. Varint(field << 3), .. Varint(number)];

    /// <summary>A message or bytes.</summary>
    public static byte[] Field(int field, byte[] content) => [.. Varint((field << 3) | 2), .. Varint(content.Length), .. content];

    private static List<byte> Varint(long value)
    {
        var bytes = new List<byte>();
        var rest = (ulong)value;
        for (; rest > 0x7F; rest >>= 7)
        {
            bytes.Add((byte)(rest | 0x80));
        }

        bytes.Add((byte)rest);
        return bytes;
    }
}
