using KubeSentiment.Caching;
using KubeSentiment.Inference;
using KubeSentiment.Load;
using KubeSentiment.Resilience;
using Seat = KubeSentiment.Caching.SingleFlight<(KubeSentiment.Caching.CacheType, KubeSentiment.Caching.CacheKey, bool, bool), KubeSentiment.Pipeline.Computed>.Seat;

namespace KubeSentiment.Pipeline;

/// <summary>The texts that the model is computing, each of them once for HTTP and once for the background, however many ask for it.</summary>
internal sealed class Flights(SentimentModel model, CircuitBreaker breaker, SentimentCache cache, AdmissionController gate)
{
    private readonly SingleFlight<(CacheType Type, CacheKey Key, bool IsPressed, bool IsBackground), Computed> _flights = new();

    /// <summary>Waits for those texts that are being computed, and starts the others together: all of them, or none where the model has no room or is broken.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="misses">Its texts that no cache knows.</param>
    /// <param name="cancellationToken">Gives the caller's seats back; a text that nobody waits for any more leaves the queue.</param>
    /// <returns>A task a text, in order. What is computed is remembered before its task ends, so that whoever comes later finds it in the cache.</returns>
    public Task<Computed>[] Predict(PipelineCall call, List<Miss> misses, CancellationToken cancellationToken)
    {
        // Who must have the usual quality does not board a flight of those who may do with less, and who goes first not one of those who wait.
        var pressure = PressureOn(call);
        var isBackground = call.Door == AdmissionDoor.Background;
        var seats = misses.ConvertAll(miss => _flights.Join((call.Type, miss.Key, pressure > 0, isBackground), cancellationToken));
        List<int> led = [];
        for (var i = 0; i < seats.Count; i++)
        {
            // The flight before this one may have landed after this call looked.
            if (seats[i].Leads && cache.TryPeekLocal(call.Type, misses[i].Text, out var answer))
            {
                seats[i].Complete(new Computed(answer, TimeSpan.Zero, TimeSpan.Zero));
            }
            else if (seats[i].Leads)
            {
                led.Add(i);
            }
        }

        if (led.Count > 0 && Start(call, pressure, led.ConvertAll(i => misses[i]), led.ConvertAll(i => seats[i])) is { } refused)
        {
            led.ForEach(i => seats[i].Complete(refused));
        }

        return [.. seats.Select(seat => seat.Answer)];
    }

    /// <summary>Sends all of the texts to the model.</summary>
    /// <returns>Null; or why none was sent.</returns>
    private Computed? Start(PipelineCall call, double pressure, List<Miss> misses, List<Seat> seats)
    {
        if (!breaker.TryEnter(out var circuit))
        {
            return Computed.Refused(RefusalReason.ModelBroken, breaker.RetryAfter);
        }

        var isBackground = call.Door == AdmissionDoor.Background;
        InferenceRequest[] requests = [.. misses.Zip(seats, (miss, seat) => new InferenceRequest(miss.Tokens, seat.Abandoned, call.AnswerOnWorker, isBackground))];
        Task<InferenceOutput>[]? answers;
        try
        {
            answers = model.TryInfer(requests, wantsEmbedding: call.Type == CacheType.Feature, pressure);
        }
        catch (Exception e)
        {
            // At the stop, when the model takes nothing any more. Whoever has boarded these flights must not wait for ever.
            circuit.Abandoned();
            seats.ForEach(seat => seat.Fail(e));
            throw;
        }

        if (answers is null)
        {
            circuit.Abandoned();
            return Computed.Refused(RefusalReason.QueueFull, PredictionOutcome.Refused.Soon);
        }

        var report = new CircuitReport(circuit, answers.Length);
        for (var i = 0; i < answers.Length; i++)
        {
            seats[i].Follow(RememberAsync(call.Type, misses[i], answers[i], report));
        }

        return null;
    }

    private async Task<Computed> RememberAsync(CacheType type, Miss miss, Task<InferenceOutput> inference, CircuitReport report)
    {
        await ((Task)inference).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        report.Ended(inference);
        var output = await inference;
        var answer = new CachedAnswer(type == CacheType.Feature ? output.Embedding! : output.Logits, miss.Tokens.Ids.Length, miss.Tokens.Truncated)
        {
            UnreadableShare = model.UnreadableShare(miss.Tokens),
            IsFast = output.Stage == AnswerStage.Fast,
        };
        if (!output.BrownOut)
        {
            cache.Remember(type, miss.Text, miss.Key, answer);
        }

        return new Computed(answer, output.QueueTime, output.RunTime) { BrownOut = output.BrownOut };
    }

    /// <summary>How near the service is to refusing callers like this one. Those of the background are never refused, so their answers stay as good as in calm.</summary>
    private double PressureOn(PipelineCall call) =>
        model.Rule?.Floor is not null && call.Door == AdmissionDoor.Interactive ? Math.Max(gate.Pressure, model.Pressure) : 0;
}
