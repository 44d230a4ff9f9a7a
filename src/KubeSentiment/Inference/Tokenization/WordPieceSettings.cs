namespace KubeSentiment.Inference.Tokenization;

/// <summary>How a BERT family's text is cleaned, and what marks its word pieces.</summary>
/// <param name="CleanText">Removes controls and turns white space into spaces.</param>
/// <param name="IsolateIdeographs">Makes each Chinese character a word of its own.</param>
/// <param name="MaxWordLength">In code points: a longer word is unknown.</param>
/// <param name="ContinuationPrefix">Begins the pieces that continue a word, "##".</param>
internal sealed record WordPieceSettings(
    bool CleanText,
    bool IsolateIdeographs,
    bool StripAccents,
    bool LowerCase,
    int MaxWordLength,
    string ContinuationPrefix);
