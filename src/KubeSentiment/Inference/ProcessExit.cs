namespace KubeSentiment.Inference;

/// <summary>Holds the end of the process up while native code works for a task that nobody may wait for.</summary>
/// <remarks>
/// A start that fails or is stopped leaves while the graphs are being opened on other threads. ONNX Runtime's destructors, which run as the process ends, then freed what those threads were using: one start in sixty
/// that lacked a file, and one stop in hundreds that should have exited with 0, ended in a segmentation fault.
/// </remarks>
internal static class ProcessExit
{
    /// <summary>Lets the process end only once the task has; its failure is the caller's affair.</summary>
    /// <param name="native">Under way already; ends by itself.</param>
    public static async Task<T> HoldUntil<T>(Task<T> native)
    {
        void Wait(object? sender, EventArgs e) => ((IAsyncResult)native).AsyncWaitHandle.WaitOne();

        AppDomain.CurrentDomain.ProcessExit += Wait;
        try
        {
            return await native;
        }
        finally
        {
            AppDomain.CurrentDomain.ProcessExit -= Wait;
        }
    }
}
