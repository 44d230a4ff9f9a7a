namespace KubeSentiment.CommandLine.Tables;

/// <summary>Reads a pipe or a terminal, and stops waiting for it when it is asked to.</summary>
/// <remarks>Nothing ends a read that the system has begun. So each has a thread of its own, which is left behind then; it does not keep the process from ending.</remarks>
/// <param name="source">The pipe or terminal; disposed of with this.</param>
/// <param name="stop">Ends a read that waits, with <see cref="OperationCanceledException"/>.</param>
internal sealed class WaitingStream(Stream source, CancellationToken stop) : ForwardStream(source)
{
    private readonly Stream _source = source;

    // Not the caller's, who may have gone when the read ends.
    private readonly byte[] _bytes = new byte[1 << 16];

    public override int Read(Span<byte> buffer)
    {
        var most = Math.Min(buffer.Length, _bytes.Length);
        var reading = Task.Factory.StartNew(() => _source.Read(_bytes, 0, most), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Task.WaitAny([reading], stop);
        var count = reading.GetAwaiter().GetResult();
        _bytes.AsSpan(0, count).CopyTo(buffer);
        return count;
    }
}
