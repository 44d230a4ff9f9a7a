namespace KubeSentiment.Jobs;

/// <summary>Redis, which holds the jobs, does not answer. Nothing that it had confirmed is lost by that.</summary>
internal sealed class JobStoreException(string message, Exception? cause = null) : Exception(message, cause);
