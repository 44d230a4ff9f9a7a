namespace KubeSentiment.CommandLine;

/// <summary>Whoever read standard output has closed it, as <c>head</c> does: there is nobody left to work for.</summary>
internal sealed class OutputClosedException : IOException
{
    public OutputClosedException()
        : base("Standard output is closed.")
    {
    }
}
