using CsCheck;
using KubeSentiment.CommandLine;
using KubeSentiment.CommandLine.Scoring;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.CommandLine.Scoring;

/// <summary>An output that goes on where it was, wherever that is.</summary>
public sealed class OutputFileTests : IDisposable
{
    private const int Blocks = 12;

    private static readonly JobIdentity Job = new("/in.csv", 10, DateTimeOffset.UnixEpoch, "model", "options", "1.0.0");

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly FakeTimeProvider _time = new();

    private string Path => System.IO.Path.Combine(_folder, "out.csv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A process may die between any two bytes: the files then hold any beginning of what was written, as long as what the journal calls safe is there.</summary>
    [Fact]
    public async Task Open_AfterADeathAtAnyByte_EndsWithTheSameBytes()
    {
        await WriteAllAsync();
        var expected = await File.ReadAllBytesAsync(Path, TestContext.Current.CancellationToken);
        var journal = await File.ReadAllBytesAsync(OutputFile.JournalOf(Path), TestContext.Current.CancellationToken);

        await Gen.Select(Gen.Int[0, journal.Length], Gen.Int[0, expected.Length]).SampleAsync(
            async (journalBytes, bytes) =>
            {
                Directory.EnumerateFiles(_folder).ToList().ForEach(File.Delete);
                await File.WriteAllBytesAsync(OutputFile.JournalOf(Path), journal[..journalBytes]);
                var state = JournalState.Of(journal.AsSpan(0, journalBytes), Path);
                await File.WriteAllBytesAsync(OutputFile.PartialOf(Path), expected[..(int)Math.Max(bytes, state is { Finished: true } ? expected.Length : state?.Safe.Bytes ?? 0)]);

                await WriteAllAsync();

                (await File.ReadAllBytesAsync(Path)).ShouldBe(expected);
                File.Exists(OutputFile.PartialOf(Path)).ShouldBeFalse();
            },
            iter: 300,
            threads: 1);
    }

    /// <summary>As above, with an output that is made of the partial one at the end.</summary>
    [Theory]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, false, false)]
    public async Task Open_AfterADeathWhileConverting_EndsWithTheSameBytes(bool finished, bool partial, bool converted)
    {
        await WriteAllAsync(ConvertAsync);
        var expected = await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken);
        var lines = await File.ReadAllLinesAsync(OutputFile.JournalOf(Path), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(OutputFile.JournalOf(Path), string.Concat((finished ? lines : lines[..^1]).Select(line => line + "\n")), TestContext.Current.CancellationToken);
        File.Move(Path, finished && !converted ? Path : OutputFile.ConvertedOf(Path));
        if (partial)
        {
            await File.WriteAllTextAsync(OutputFile.PartialOf(Path), expected.Replace("converted ", ""), TestContext.Current.CancellationToken);
        }

        await WriteAllAsync(ConvertAsync);

        (await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken)).ShouldBe(expected);
        Directory.EnumerateFiles(_folder).Count().ShouldBe(2);
    }

    [Fact]
    public async Task Open_AfterTheEnd_HasNothingToDo()
    {
        await WriteAllAsync();

        using var output = OutputFile.Open(Path, Job, overwrite: false, _time);

        output.IsFinished.ShouldBeTrue();
        output.Written.Rows.ShouldBe(Blocks * 2);
        output.Written.BadRows.ShouldBe(Blocks);
    }

    public static TheoryData<string, string> Changes => new()
    {
        { nameof(JobIdentity.Size), "the input was changed" },
        { nameof(JobIdentity.Modified), "the input was changed" },
        { nameof(JobIdentity.Model), "another model" },
        { nameof(JobIdentity.Options), "other options" },
        { nameof(JobIdentity.Program), "another version" },
        { nameof(JobIdentity.Input), "another input" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Open_AnotherJob_IsRefusedInASentence(string change, string reason)
    {
        Begin();
        var other = change switch
        {
            nameof(JobIdentity.Size) => Job with { Size = 11 },
            nameof(JobIdentity.Modified) => Job with { Modified = DateTimeOffset.UnixEpoch.AddTicks(1) },
            nameof(JobIdentity.Model) => Job with { Model = "other" },
            nameof(JobIdentity.Options) => Job with { Options = "other" },
            nameof(JobIdentity.Program) => Job with { Program = "2.0.0" },
            _ => Job with { Input = "/other.csv" },
        };

        var error = Should.Throw<CommandException>(() => OutputFile.Open(Path, other, overwrite: false, _time));

        error.ExitCode.ShouldBe(ExitCode.Files);
        error.Message.ShouldContain(reason);
        OutputFile.Open(Path, other, overwrite: true, _time).Dispose();
    }

    [Fact]
    public void Open_OutputOfSomebodyElse_IsRefused()
    {
        File.WriteAllText(Path, "precious");

        Should.Throw<CommandException>(() => OutputFile.Open(Path, Job, overwrite: false, _time)).Message.ShouldContain("--overwrite");

        File.ReadAllText(Path).ShouldBe("precious");
    }

    [Fact]
    public void Open_PartialShorterThanItsJournal_IsRefused()
    {
        Begin();
        File.WriteAllText(OutputFile.PartialOf(Path), "");

        Should.Throw<CommandException>(() => OutputFile.Open(Path, Job, overwrite: false, _time)).Message.ShouldContain("shorter");
    }

    [Fact]
    public void Open_JournalOfSomethingElse_IsRefused()
    {
        File.WriteAllText(OutputFile.JournalOf(Path), "Dear diary\n");

        Should.Throw<CommandException>(() => OutputFile.Open(Path, Job, overwrite: false, _time)).Message.ShouldContain("Dear diary");
    }

    /// <summary>Two runs of one command, the second of them told to replace what the first is writing.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_WhileAnotherRunWrites_IsRefusedAndTouchesNothing(bool overwrite)
    {
        using var output = OutputFile.Open(Path, Job, overwrite: false, _time);
        output.Write("row\n"u8, 1, 0);
        output.Save();

        Should.Throw<CommandException>(() => OutputFile.Open(Path, Job, overwrite, _time)).Message.ShouldContain("Another run");

        output.Write("more\n"u8, 1, 0);
        output.Save();
        File.ReadAllText(OutputFile.PartialOf(Path)).ShouldBe("row\nmore\n");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Finish_InPlaceOfAFileThatOthersMayNotRead_StaysSo(bool converts)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }

        const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await File.WriteAllTextAsync(Path, "old", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(Path, OwnersAlone);

        using (var output = OutputFile.Open(Path, Job, overwrite: true, _time))
        {
            output.Write("row\n"u8, 1, 0);
            File.GetUnixFileMode(OutputFile.PartialOf(Path)).ShouldBe(OwnersAlone);
            await output.FinishAsync(converts ? ConvertAsync : null);
        }

        (await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken)).ShouldEndWith("row\n");
        File.GetUnixFileMode(Path).ShouldBe(OwnersAlone);
    }

    private void Begin()
    {
        using var output = OutputFile.Open(Path, Job, overwrite: false, _time);
        output.Write("row\n"u8, 1, 0);
        output.Save();
    }

    private async Task WriteAllAsync(Func<string, string, Task>? convert = null)
    {
        using var output = OutputFile.Open(Path, Job, overwrite: false, _time);
        for (var block = output.Written.Rows / 2; !output.IsFinished && block < Blocks; block++)
        {
            // Every other block is saved, as a second has passed.
            _time.Advance(TimeSpan.FromSeconds(0.6));
            output.Write(System.Text.Encoding.UTF8.GetBytes($"row {block}\nbad row {block}\n"), 2, 1);
        }

        if (!output.IsFinished)
        {
            await output.FinishAsync(convert);
        }
    }

    private static async Task ConvertAsync(string partial, string converted) => await File.WriteAllTextAsync(converted, "converted " + await File.ReadAllTextAsync(partial));
}
