namespace KubeSentiment.Inference;

/// <summary>A model folder that cannot be served; the message is one sentence for the person who put it there.</summary>
internal sealed class ModelFolderException : Exception
{
    public ModelFolderException(string message)
        : base(message)
    {
    }

    public ModelFolderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Builds "FILE PROBLEM: REMEDY.", so that every refusal names the file, what is wrong and what to do.</summary>
    public static ModelFolderException For(string file, string problem, string remedy, Exception? cause = null)
    {
        var message = $"{file} {problem}: {remedy}.";
        return cause is null ? new ModelFolderException(message) : new ModelFolderException(message, cause);
    }
}
