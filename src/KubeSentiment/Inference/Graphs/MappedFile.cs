using System.IO.MemoryMappedFiles;

namespace KubeSentiment.Inference.Graphs;

/// <summary>A file's bytes where the system has them: what is not looked at is not read.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int _length;

    private MappedFile(string path, int length)
    {
        _map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _length = length;
    }

    /// <summary>All of them, until this is disposed of.</summary>
    public ReadOnlySpan<byte> Bytes => new(_start, _length);

    /// <summary>Maps a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Most bytes.</param>
    /// <returns>Null when it has none, as a pipe, or more.</returns>
    public static MappedFile? TryOpen(string path, int most) => new FileInfo(path).Length is var length && length > 0 && length <= most ? new(path, (int)length) : null;

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }
}
