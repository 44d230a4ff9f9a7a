using KubeSentiment.Resilience;

namespace KubeSentiment.Pipeline;

/// <summary>What a call to the model tells its breaker, out of how each of its texts ended: one text that was answered shows that the model works, whatever became of the others.</summary>
/// <remarks>It tells the breaker before the last text's caller is answered: whoever has seen a call fail finds it counted.</remarks>
internal sealed class CircuitReport(CircuitCall circuit, int texts)
{
    // Interlocked.
    private int _left = texts;
    private bool _succeeded;
    private bool _failed;

    /// <summary>Takes in the end of one text. To be called once for each.</summary>
    /// <param name="answer">The model's answer, which is complete.</param>
    public void Ended(Task answer)
    {
        // Only ever set, and read after the decrement of the last, which orders them.
        if (answer.IsCompletedSuccessfully)
        {
            _succeeded = true;
        }
        else if (answer.IsFaulted)
        {
            _failed = true;
        }

        if (Interlocked.Decrement(ref _left) == 0)
        {
            Tell();
        }
    }

    private void Tell()
    {
        if (_succeeded)
        {
            circuit.Succeeded();
        }
        else if (_failed)
        {
            circuit.Failed();
        }
        else
        {
            circuit.Abandoned();
        }
    }
}
