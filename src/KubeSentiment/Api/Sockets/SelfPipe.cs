using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KubeSentiment.Api.Sockets;

/// <summary>A socket of our own among those that a thread waits for: what is written to it is read after all that had come before (the self-pipe trick). Linux only.</summary>
/// <remarks>.NET shares its sockets out among the threads that wait for them. On which thread this one is read is known when that happens.</remarks>
internal sealed partial class SelfPipe : IDisposable
{
    private const int Unix = 1;
    private const int Stream = 1;
    private const int CloseOnExecute = 0x80000;

    private static readonly byte[] Byte = [0];

    private readonly Socket _in;
    private readonly Socket _out;
    private readonly SocketAsyncEventArgs _reading = new();
    private readonly Action<SelfPipe> _read;

    /// <summary>A pipe that is listened to from now on.</summary>
    /// <param name="read">Called on the thread that reads it, each time something was written. It must not throw.</param>
    /// <exception cref="Win32Exception">The process has no file descriptors left.</exception>
    public SelfPipe(Action<SelfPipe> read)
    {
        _read = read;
        Span<int> ends = stackalloc int[2];
        if (MakePair(Unix, Stream | CloseOnExecute, 0, ends) != 0)
        {
            throw new Win32Exception();
        }

        _in = new Socket(new SafeSocketHandle(ends[0], ownsHandle: true));
        _out = new Socket(new SafeSocketHandle(ends[1], ownsHandle: true));
        _reading.SetBuffer(new byte[16]);
        _reading.Completed += (_, _) => Read();
        Listen();
    }

    /// <summary>Has the reading thread call back.</summary>
    public void Write() => _in.Send(Byte);

    public void Dispose()
    {
        _in.Dispose();
        _out.Dispose();
        _reading.Dispose();
    }

    private void Read()
    {
        // Disposed of, else.
        if (_reading.SocketError == SocketError.Success && _reading.BytesTransferred > 0)
        {
            // Before the call, which may write again: that is to be read after what comes until then, and not here.
            Listen();
            _read(this);
        }
    }

    private void Listen()
    {
        if (!_out.ReceiveAsync(_reading))
        {
            Read();
        }
    }

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MakePair(int domain, int type, int protocol, Span<int> ends);
}
