using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KubeSentiment.Api.Sockets;

/// <summary>The threads of .NET's sockets on Linux. Elsewhere no thread is taken for one.</summary>
internal sealed partial class LinuxReadingThread(TimeProvider time) : IReadingThread
{
    /// <summary>What .NET calls them. Those of the pool have other names, and the model's, which go on reading from a connection that they have just answered.</summary>
    public const string Name = ".NET Sockets";

    private static readonly TimeSpan NextTry = TimeSpan.FromMilliseconds(10);

    // All belong to the thread.
    [ThreadStatic]
    private static SelfPipe? _pipe;

    [ThreadStatic]
    private static Action? _whenRead;

    [ThreadStatic]
    private static long _lastTry;

    public bool IsCurrent => OperatingSystem.IsLinux() && Thread.CurrentThread.Name == Name;

    public bool CanCallBack
    {
        get
        {
            if (_pipe is null)
            {
                Prepare();
            }

            return _pipe is not null;
        }
    }

    public void CallBack(Action whenRead)
    {
        _whenRead = whenRead;
        _pipe!.Write();
    }

    public void Rest(TimeSpan time) =>
        _ = Sleep(new TimeSpec(time.Ticks / TimeSpan.TicksPerSecond, time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick), rest: 0);

    /// <summary>Makes a pipe, which belongs to whichever thread reads it: to this one sooner or later, for .NET gives one thread after the other a socket.</summary>
    private void Prepare()
    {
        if (IsCurrent && time.GetElapsedTime(_lastTry) > NextTry)
        {
            _lastTry = time.GetTimestamp();
            try
            {
                new SelfPipe(Read).Write();
            }
            catch (Exception e) when (e is Win32Exception or SocketException)
            {
                // No file descriptors are left for it. Without it requests are answered all the same.
            }
        }
    }

    private static void Read(SelfPipe pipe)
    {
        _pipe ??= pipe;
        if (_pipe != pipe)
        {
            pipe.Dispose();
            return;
        }

        var whenRead = _whenRead;
        _whenRead = null;
        whenRead?.Invoke();
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sleep(in TimeSpec time, nint rest);

    /// <summary>The C library's <c>timespec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
