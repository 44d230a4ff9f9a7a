using Spectre.Console;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>A bar on a terminal, with rate and time left.</summary>
internal sealed class BarProgress(ProgressTask task, string name, Pace pace) : IScoreProgress
{
    /// <summary>Shows the bar while work goes on.</summary>
    public static Task ShowAsync(IAnsiConsole console, string name, Pace pace, Func<IScoreProgress, Task> work) => console.Progress()
        .AutoClear(true)
        .Columns(new ProgressBarColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .StartAsync(context => work(new BarProgress(context.AddTask(Markup.Escape(name), maxValue: 1), name, pace)));

    public void Advance(SafePoint written, double? share)
    {
        pace.Advance(written.Rows, share);
        task.IsIndeterminate = share is null;
        task.Value = share ?? 0;
        task.Description = Markup.Escape($"{name}: {pace}");
    }
}
