namespace KubeSentiment.IntegrationTests.Kubernetes;

/// <summary>Tests that keep all processors busy for minutes: nothing else may run beside them.</summary>
[CollectionDefinition(nameof(WholeMachine), DisableParallelization = true)]
public sealed class WholeMachine;
