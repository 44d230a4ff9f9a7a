namespace KubeSentiment.Tests.Api;

/// <summary>Gives its bytes in pieces of random size, so that values are cut anywhere.</summary>
internal sealed class DrippingStream(byte[] bytes, Random random) : MemoryStream(bytes, writable: false)
{
    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, Piece()));

    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, Piece())]);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        return base.Read(buffer.Span[..Math.Min(buffer.Length, Piece())]);
    }

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        var piece = new byte[bufferSize];
        while (await ReadAsync(piece, cancellationToken) is > 0 and var read)
        {
            await destination.WriteAsync(piece.AsMemory(0, read), cancellationToken);
            await destination.FlushAsync(cancellationToken);
        }
    }

    private int Piece() => random.Next(1, 97);
}
