using System.IO.Pipelines;

namespace KubeSentiment.Api.Sockets;

/// <summary>The output of a connection, which can keep an answer that has been written until it is told to send it.</summary>
/// <remarks>The server asks for the answer to be sent by a flush, and is told that it was. Where the caller does not read, an answer may be held all the same, but not another one.</remarks>
internal sealed class HeldOutput(PipeWriter output) : PassingWriter(output)
{
    private readonly Lock _sending = new();
    private bool _holdsNext;
    private bool _isHeld;
    private bool _isBehind;

    /// <summary>Holds the next answer, which is written and flushed once, by the calling thread.</summary>
    public bool TryHoldNext()
    {
        _holdsNext = !_isBehind;
        return _holdsNext;
    }

    /// <summary>Sends what is held. When this returns, whoever sends it has handed it over, and the connection can be written to.</summary>
    public void Send()
    {
        lock (_sending)
        {
            _holdsNext = false;
            if (_isHeld)
            {
                _isHeld = false;
                _isBehind = IsLeftBehind();
            }
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_holdsNext)
        {
            _holdsNext = false;
            _isHeld = true;
            return default;
        }

        // The server waits for this one, if need be.
        _isBehind = false;
        return Inner.FlushAsync(cancellationToken);
    }

    private static bool Waits(ValueTask<FlushResult> flush) => !flush.IsCompleted;

    /// <summary>Sends what was written, without waiting for the caller to take it.</summary>
    /// <returns>Whether it is to be waited for.</returns>
    private bool IsLeftBehind()
    {
        try
        {
            return Waits(Inner.FlushAsync());
        }
        catch (Exception)
        {
            // The connection broke while it was sending. The server learns that by itself; the thread here has others' answers to send, and no exception of it would be caught.
            return false;
        }
    }
}

/// <summary>A connection whose answers can be held.</summary>
internal sealed class HeldTransport(PipeReader input, HeldOutput output) : IDuplexPipe
{
    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;
}
