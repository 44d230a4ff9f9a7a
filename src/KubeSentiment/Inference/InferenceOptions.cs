using System.ComponentModel.DataAnnotations;
using KubeSentiment.Configuration;

namespace KubeSentiment.Inference;

/// <summary>Which model runs, and how much of the machine it takes.</summary>
[Settings("Inference")]
internal sealed class InferenceOptions
{
    /// <summary>Name of the model in answers and metrics. Set it when the folder's name says too little.</summary>
    [Setting("MODEL_NAME", DefaultText = "the folder's name"), StringLength(200)]
    public string? ModelName { get; set; }

    /// <summary>
    /// Folder of the model, in the Hugging Face layout: by default the built-in one. A relative path is looked up in the working directory,
    /// then in the program's folder.
    /// </summary>
    [Setting("ONNX_MODEL_PATH"), StringLength(4096)]
    public string OnnxModelPath { get; set; } = "models/sentiment";

    /// <summary>Threads ONNX Runtime uses inside one run. Keep 1 for throughput; more, with fewer workers, answers a lone request sooner.</summary>
    [Setting("ONNX_INTRA_OP_NUM_THREADS"), Range(1, 64)]
    public int OnnxIntraOpNumThreads { get; set; } = 1;

    /// <summary>Batches run at the same time. 0, the default, takes as many as the cgroup quota has cores; set it to leave cores to others.</summary>
    [Setting("INFERENCE_WORKERS"), Range(0, 256)]
    public int Workers { get; set; }

    /// <summary>
    /// How far the threads that run the model step back behind all others of the process (Linux niceness; above 0 their turns are long, too, so that others may break in).
    /// Lower it only where other processes on the same cores must not go before the model.
    /// </summary>
    [Setting("INFERENCE_NICENESS"), Range(0, 19)]
    public int Niceness { get; set; } = 10;

    /// <summary>
    /// Most tokens in one batch, with the padding that the model computes. Lower it for steadier response times; raising it costs memory and, measured with the built-in
    /// model, gains nothing.
    /// </summary>
    [Setting("INFERENCE_BATCH_TOKENS"), Range(64, 65_536)]
    public int BatchTokens { get; set; } = 256;

    /// <summary>Most texts that wait for a worker; more are refused. Raise it to ride out bursts, at the price of longer waits.</summary>
    [Setting("INFERENCE_QUEUE_SIZE"), Range(1, 1_000_000)]
    public int QueueSize { get; set; } = 4_096;

    /// <summary>
    /// Makes an answer independent of its batch mates to the last bit: only texts of the same length share a run, because padding moves the last digit of a score now and then, and each text of a
    /// dynamically quantized model runs alone, because there it moves the score itself. Off by default because it costs throughput; the start warns when the model is of that kind.
    /// </summary>
    [Setting("INFERENCE_ALONE")]
    public bool Alone { get; set; }
}
