using KubeSentiment.Observability;

namespace KubeSentiment.Inference;

/// <summary>Runs the texts of all callers through one model, many at a time when many wait, at once when few do.</summary>
/// <remarks>
/// Dedicated threads, one a core, take batches from a <see cref="PendingQueue"/> and run them. A run that fails is repeated text by text, so that the one text
/// that broke it fails alone.
/// </remarks>
internal sealed class DynamicBatcher : IDisposable
{
    private readonly OnnxModel _model;
    private readonly PendingQueue _queue;
    private readonly BatcherMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly int _padId;
    private readonly Thread[] _workers;

    public DynamicBatcher(OnnxModel model, BatcherSettings settings, BatcherMetrics metrics, TimeProvider time)
    {
        _model = model;
        _metrics = metrics;
        _time = time;
        _padId = settings.PadId;
        _queue = new PendingQueue(settings.MaxTokens, settings.QueueSize, settings.TokenBudget, settings.RunOverheadTokens, time, settings.Workers);
        metrics.ObserveQueue(() => _queue.Count, _queue.Capacity);
        _workers = new Thread[settings.Workers];
        for (var i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Start) { IsBackground = true, Name = $"inference-{i}" };
            _workers[i].Start();
        }

        void Start()
        {
            WorkerPriority.StepBack(settings.Niceness);
            Work();
        }
    }

    /// <summary>Queues all of the texts, or none when the queue has no room for all.</summary>
    public bool TryEnqueue(ReadOnlySpan<PendingInference> texts) => _queue.TryEnqueue(texts);

    /// <summary>Finishes what waits, then ends the workers.</summary>
    public void Dispose()
    {
        _queue.Close();
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
        while (_queue.Take(batch))
        {
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
            _metrics.Failed();
            batch[0].Fail(e);
        }
    }

    private void Run(List<PendingInference> batch, TokenBatch input)
    {
        var withEmbedding = batch.Exists(text => text.WantsEmbedding);
        var started = _time.GetTimestamp();
        input.Fill(batch);
        var (logits, embeddings) = _model.Run(input, withEmbedding);
        var runTime = _time.GetElapsedTime(started);

        _metrics.Ran(input.Rows, input.Rows * input.Columns, runTime);
        for (var row = 0; row < batch.Count; row++)
        {
            var text = batch[row];
            var queueTime = _time.GetElapsedTime(text.EnqueuedAt, started);
            _metrics.Waited(queueTime);
            text.Complete(new InferenceOutput(
                Row(logits, row, _model.Labels)!, text.WantsEmbedding ? Row(embeddings, row, _model.EmbeddingSize ?? 0) : null, queueTime, runTime));
        }
    }

    private static float[]? Row(float[]? values, int row, int width) => values?.AsSpan(row * width, width).ToArray();
}
