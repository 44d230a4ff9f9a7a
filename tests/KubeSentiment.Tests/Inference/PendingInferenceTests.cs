using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Tests.Inference;

/// <summary>The promise of an answer, where the worker and the caller meet.</summary>
public sealed class PendingInferenceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What a caller does when it is told that its time is up is not for a worker to wait for.</summary>
    [Fact]
    public async Task Complete_WhileTheCallerIsBeingCancelled_DoesNotWaitForIt()
    {
        using var caller = new CancellationTokenSource();
        using var told = new ManualResetEventSlim();
        using var answered = new ManualResetEventSlim();
        var text = new PendingInference(new InferenceRequest(new TokenizedText([1], Truncated: false), caller.Token, AnswerOnWorker: true), wantsEmbedding: false);
        var goesOn = text.Answer.ContinueWith(
            _ =>
            {
                told.Set();
                return answered.Wait(TimeSpan.FromSeconds(10), Cancellation);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        var cancelling = Task.Run(caller.Cancel, Cancellation);
        told.Wait(Cancellation);

        text.Complete(new InferenceOutput([1], null, default, default));
        answered.Set();

        (await goesOn).ShouldBeTrue("the worker came back before the caller had gone on");
        await cancelling;
    }
}
