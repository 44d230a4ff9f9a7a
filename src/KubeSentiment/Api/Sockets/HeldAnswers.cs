using Microsoft.AspNetCore.Connections;

namespace KubeSentiment.Api.Sockets;

/// <summary>What a thread that reads requests has answered and not sent yet: it reads all that has come, and then sends all answers one after the other.</summary>
/// <remarks>
/// <para>To send wakes who waits for it. Answers that follow each other closely find the callers' side still awake, and the code that sends in the caches.</para>
/// <para>Only whole answers are held, of requests that ended where they were read, and only until the thread has read what had come. Until then nobody else writes to the connection: its next request is read by this
/// thread, which sends what it holds of that connection first (<see cref="HeldOutput.Send"/>).</para>
/// </remarks>
internal static class HeldAnswers
{
    /// <summary>The first ones wait for the others: some tenths of a millisecond for so many.</summary>
    private const int Most = 32;

    // All belong to the thread.
    [ThreadStatic]
    private static List<HeldOutput>? _outputs;

    [ThreadStatic]
    private static bool _isHolding;

    /// <summary>Gives each connection an output whose answers can be held.</summary>
    public static ConnectionDelegate Connect(ConnectionDelegate next) => connection =>
    {
        var output = new HeldOutput(connection.Transport.Output);
        connection.Transport = new HeldTransport(connection.Transport.Input, output);
        connection.Features.Set(output);
        return next(connection);
    };

    /// <summary>From now on the calling thread holds what it answers.</summary>
    public static void Hold()
    {
        _outputs ??= new List<HeldOutput>(Most);
        _isHolding = true;
    }

    /// <summary>Holds the answer that the calling thread is about to write as a whole, if it holds answers.</summary>
    public static void HoldNext(HttpContext context)
    {
        // With HTTP/2 several answers share a connection.
        if (_isHolding && HttpProtocol.IsHttp11(context.Request.Protocol) && context.Features.Get<HeldOutput>() is { } output && output.TryHoldNext())
        {
            _outputs!.Add(output);
        }
    }

    /// <summary>A request begins: sends what is held of the answer to the one before it on the same connection.</summary>
    public static void Begin(HttpContext context) => context.Features.Get<HeldOutput>()?.Send();

    /// <summary>A request has ended, or goes on elsewhere: sends what the calling thread holds, if that is much.</summary>
    public static void End()
    {
        if (_outputs is { Count: >= Most } outputs)
        {
            Send(outputs);
        }
    }

    /// <summary>Sends what the calling thread holds, and holds nothing more.</summary>
    public static void Release()
    {
        _isHolding = false;
        if (_outputs is { } outputs)
        {
            Send(outputs);
        }
    }

    private static void Send(List<HeldOutput> outputs)
    {
        foreach (var output in outputs)
        {
            output.Send();
        }

        outputs.Clear();
    }
}
