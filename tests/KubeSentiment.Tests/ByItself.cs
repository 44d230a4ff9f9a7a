namespace KubeSentiment.Tests;

/// <summary>Tests that measure this process' heap: nothing else may run beside them.</summary>
[CollectionDefinition(nameof(ByItself), DisableParallelization = true)]
public sealed class ByItself;
