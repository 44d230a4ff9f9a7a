using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KubeSentiment.Inference.Graphs;

/// <summary>A file in memory, with a path for those who read files only.</summary>
/// <remarks>Outside of the managed heap, which would keep its size long after; and a container's file system may be read-only.</remarks>
internal sealed partial class MemoryFile : IDisposable
{
    private readonly SafeFileHandle _file;

    private MemoryFile(SafeFileHandle file) => _file = file;

    /// <summary>Where it can be opened until it is disposed.</summary>
    public string Path => $"/proc/self/fd/{_file.DangerousGetHandle()}";

    /// <summary>A new one, empty.</summary>
    /// <param name="name">What tools call it; need not be the only one of its name.</param>
    /// <returns>Null where the system has no such files.</returns>
    public static MemoryFile? TryCreate(string name)
    {
        const uint closeOnExec = 1;
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var file = MemfdCreate(name, closeOnExec);
        return file < 0 ? null : new(new SafeFileHandle(file, ownsHandle: true));
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(_file, bytes, offset);

    public void Dispose() => _file.Dispose();

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemfdCreate(string name, uint flags);
}
