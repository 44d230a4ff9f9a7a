using System.Buffers;

namespace KubeSentiment.Api;

/// <summary>Reads the texts of a job from a body while it comes.</summary>
internal interface ITextsReader
{
    /// <summary>What is wrong with the body; null while nothing is.</summary>
    public ProblemResult? Problem { get; }

    /// <summary>Reads as much as there is. Throws nothing: a pipe in the middle of a read would take the connection with it.</summary>
    /// <param name="buffer">What has come and was not read.</param>
    /// <param name="isFinal">Whether nothing more will come.</param>
    /// <returns>Where what was read ends.</returns>
    public SequencePosition Read(ReadOnlySequence<byte> buffer, bool isFinal);
}
