namespace KubeSentiment.Inference.Tokenization;

/// <summary>Turns a text into the token ids that a model was trained on; equal to Hugging Face's ids and safe to call from many threads at once.</summary>
internal interface ITokenizer
{
    /// <summary>The id that fills up shorter rows of a batch.</summary>
    public int PadId { get; }

    /// <summary>The id of a piece that the vocabulary lacks, or null where every text can be spelled (byte-level BPE).</summary>
    public int? UnknownId { get; }

    /// <summary>How well texts fit the vocabulary.</summary>
    public VocabularyFit Fit { get; }

    /// <summary>Never throws on any text: lone surrogates count as U+FFFD, as they do once a text is UTF-8.</summary>
    public TokenizedText Tokenize(string text);
}

/// <summary>The ids of one text, special tokens included, and whether its end was cut off to fit the model's limit.</summary>
internal readonly record struct TokenizedText(int[] Ids, bool Truncated);
