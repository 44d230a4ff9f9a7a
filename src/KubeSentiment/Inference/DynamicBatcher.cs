using KubeSentiment.Observability;

namespace KubeSentiment.Inference;

/// <summary>Runs the texts of all callers through one model, many at a time when many wait, at once when few do.</summary>
/// <remarks>
/// Dedicated threads, one a core, take batches from a <see cref="PendingQueue"/> and run them. A run that fails is repeated text by text, so that the one text
/// that broke it fails alone. With a <see cref="Referral"/>, texts in doubt and texts that failed are passed on in place of an answer.
/// </remarks>
internal sealed class DynamicBatcher : IDisposable
{
    private readonly OnnxModel _model;
    private readonly QueuePlaces _places;
    private readonly Referral? _referral;
    private readonly StageMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly AnswerStage _stage;
    private readonly int _padId;
    private readonly Thread[] _workers;

    /// <summary>Starts the workers.</summary>
    /// <param name="model">The graph.</param>
    /// <param name="settings">Its bounds.</param>
    /// <param name="places">What those who enter hold.</param>
    /// <param name="referral">Where texts in doubt go on; null for the last model, which answers all.</param>
    /// <param name="metrics">Where runs are counted.</param>
    /// <param name="time">Stamps and measures.</param>
    public DynamicBatcher(OnnxModel model, BatcherSettings settings, QueuePlaces places, Referral? referral, StageMetrics metrics, TimeProvider time)
    {
        _model = model;
        _places = places;
        _referral = referral;
        _metrics = metrics;
        _time = time;
        _stage = settings.Stage;
        _padId = settings.PadId;
        Queue = new PendingQueue(settings.MaxTokens, places, settings.TokenBudget, settings.Order, time, settings.Workers, referral?.Next);
        _workers = new Thread[settings.Workers];
        for (var i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Start) { IsBackground = true, Name = _stage == AnswerStage.Fast ? $"inference-fast-{i}" : $"inference-{i}" };
            _workers[i].Start();
        }

        void Start()
        {
            WorkerPriority.StepBack(settings.Niceness);
            Work();
        }
    }

    /// <summary>What waits here.</summary>
    public PendingQueue Queue { get; }

    /// <summary>Queues texts; each of them holds a place.</summary>
    /// <exception cref="ObjectDisposedException">The workers have been told to end.</exception>
    public void Enqueue(ReadOnlySpan<PendingInference> texts) => Queue.Enqueue(texts);

    /// <summary>Finishes what waits, then ends the workers.</summary>
    public void Dispose()
    {
        Queue.Close();
        foreach (var worker in _workers)
        {
            if (worker != Thread.CurrentThread)
            {
                worker.Join();
            }
        }

        // Nothing is left when the others have ended; unless this is the only worker, which gave the last answer and goes on here.
        Work();
    }

    private void Work()
    {
        var input = new TokenBatch(_padId);
        var batch = new List<PendingInference>();
        while (Queue.Take(batch))
        {
            if (_referral is null)
            {
                _places.Return(batch.Count);
            }

            RunOrFail(batch, input);
        }
    }

    private void RunOrFail(List<PendingInference> batch, TokenBatch input)
    {
        try
        {
            Run(batch, input);
        }
        catch (Exception) when (batch.Count > 1)
        {
            foreach (var text in batch)
            {
                RunOrFail([text], input);
            }
        }
        catch (Exception e)
        {
            Fail(batch[0], e);
        }
    }

    private void Fail(PendingInference text, Exception cause)
    {
        _metrics.Failed();
        if (_referral is null)
        {
            text.Fail(cause);
            return;
        }

        // The run came to nothing: to the caller it was waiting.
        text.Spent(_time.GetElapsedTime(text.EnqueuedAt), TimeSpan.Zero);
        _referral.Refer(text, cause);
    }

    private void Run(List<PendingInference> batch, TokenBatch input)
    {
        var withEmbedding = batch.Exists(text => text.WantsEmbedding);
        var started = _time.GetTimestamp();
        input.Fill(batch);
        var (logits, embeddings) = _model.Run(input, withEmbedding);
        var runTime = _time.GetElapsedTime(started);

        _metrics.Ran(input.Rows, _model.PacksTexts ? input.Tokens : input.Rows * input.Columns, runTime);
        foreach (var text in batch)
        {
            var queueTime = _time.GetElapsedTime(text.EnqueuedAt, started);
            _metrics.Waited(queueTime);
            text.Spent(queueTime, runTime);
        }

        if (_referral is null)
        {
            AnswerAll(batch, logits, embeddings);
        }
        else
        {
            AnswerOrRefer(batch, logits, _referral);
        }
    }

    /// <summary>Each text gets its answer. One without a number in it fails alone: nothing could write it down, and the answers beside it would be lost with it.</summary>
    private void AnswerAll(List<PendingInference> batch, float[] logits, float[]? embeddings)
    {
        var answers = new InferenceOutput?[batch.Count];
        var answered = 0;
        for (var row = 0; row < answers.Length; row++)
        {
            if (Output(batch[row], logits, embeddings, row, brownOut: false) is { IsFinite: true } output)
            {
                answers[row] = output;
                answered++;
            }
        }

        _metrics.Answered(answered, brownOuts: 0);
        for (var row = 0; row < answers.Length; row++)
        {
            if (answers[row] is { } answer)
            {
                batch[row].Complete(answer);
            }
            else
            {
                Fail(batch[row], new ModelFolderException($"'{_model.Path}' answers a text with values that are no finite numbers."));
            }
        }
    }

    /// <summary>Texts in doubt are passed on first and together: the next model can begin while this thread answers the others.</summary>
    private void AnswerOrRefer(List<PendingInference> batch, float[] logits, Referral referral)
    {
        List<PendingInference> doubtful = [];
        List<(PendingInference Text, int Row, bool BrownOut)> kept = new(batch.Count);
        var brownOuts = 0;
        for (var row = 0; row < batch.Count; row++)
        {
            var topScore = CascadeRule.TopScore(Row(logits, row, _model.Labels));
            if (Referral.Keeps(batch[row], topScore))
            {
                var brownOut = referral.IsBrownOut(batch[row], topScore);
                brownOuts += brownOut ? 1 : 0;
                kept.Add((batch[row], row, brownOut));
            }
            else
            {
                doubtful.Add(batch[row]);
            }
        }

        if (doubtful.Count > 0)
        {
            referral.Refer(doubtful);
        }

        _places.Return(kept.Count);
        _metrics.Answered(kept.Count, brownOuts);
        foreach (var (text, row, brownOut) in kept)
        {
            text.Complete(Output(text, logits, embeddings: null, row, brownOut));
        }
    }

    private InferenceOutput Output(PendingInference text, float[] logits, float[]? embeddings, int row, bool brownOut) => new(
        Row(logits, row, _model.Labels).ToArray(),
        text.WantsEmbedding ? Row(embeddings, row, _model.EmbeddingSize ?? 0).ToArray() : null,
        text.QueueTime,
        text.RunTime)
    {
        Stage = _stage,
        BrownOut = brownOut,
    };

    private static ReadOnlySpan<float> Row(float[]? values, int row, int width) => values.AsSpan(row * width, width);
}
