using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.GZip;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>What a gzip file holds, all its members one after the other.</summary>
/// <remarks>.NET's own stream ends without a word where a file was cut off, and half a file would be taken for the whole.</remarks>
/// <param name="packed">The file; disposed of with this.</param>
/// <param name="name">As messages call it.</param>
internal sealed class GzipContent(Stream packed, string name) : GZipInputStream(packed)
{
    /// <summary>Reads what was packed; 0 at the end of the last member.</summary>
    /// <exception cref="CommandException">The file ends too early, or is not what was packed.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            return base.Read(buffer, offset, count);
        }
        catch (Exception e) when (e is SharpZipBaseException or EndOfStreamException)
        {
            throw CommandException.Files($"{name} is no whole gzip file: it was cut off or damaged ({e.Message}). Fetch it again; gzip -t checks it.");
        }
    }
}
