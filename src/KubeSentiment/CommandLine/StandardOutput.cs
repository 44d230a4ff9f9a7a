using System.Runtime.InteropServices;

namespace KubeSentiment.CommandLine;

/// <summary>Standard output for data.</summary>
/// <remarks>
/// <see cref="Console"/> hides that the reader of a pipe has gone, so that all the rest would be computed for nobody; a <see cref="FileStream"/> keeps an offset of its own, so that in
/// <c>(kubesentiment ...; echo end) &gt; file</c> the second would overwrite the first.
/// </remarks>
internal static partial class StandardOutput
{
    private const int Descriptor = 1;
    private const int Interrupted = 4;
    private const int BrokenPipe = 32;

    /// <summary>Writes all of the bytes.</summary>
    /// <exception cref="OutputClosedException">Nobody reads them.</exception>
    public static void Write(ReadOnlySpan<byte> bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            using var stream = Console.OpenStandardOutput();
            stream.Write(bytes);
            return;
        }

        while (!bytes.IsEmpty)
        {
            var written = WriteTo(Descriptor, in MemoryMarshal.GetReference(bytes), bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
            }
            else if (Marshal.GetLastPInvokeError() is var error and not Interrupted)
            {
                throw error == BrokenPipe ? new OutputClosedException() : new IOException($"Standard output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint WriteTo(int descriptor, in byte bytes, nint count);
}
