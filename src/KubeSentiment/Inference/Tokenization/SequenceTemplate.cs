namespace KubeSentiment.Inference.Tokenization;

/// <summary>The special tokens that a model expects around a text, such as [CLS] before and [SEP] after.</summary>
internal sealed record SequenceTemplate(int[] Prefix, int[] Suffix)
{
    public int Length => Prefix.Length + Suffix.Length;
}
