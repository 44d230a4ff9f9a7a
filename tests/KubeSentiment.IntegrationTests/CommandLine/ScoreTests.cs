using System.IO.Compression;
using System.Text.Json;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.CommandLine;

/// <summary>Whole files through the real program: killed, interrupted, piped.</summary>
public sealed class ScoreTests : IDisposable
{
    // Nothing is written before 4,096 rows are in hand: so many that a run is far from its end then.
    private const int Rows = 12_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("out.csv")]
    [InlineData("out.jsonl.gz")]
    [InlineData("out.parquet")]
    public async Task Score_KilledSeveralTimes_EndsWithTheBytesOfAnUndisturbedRun(string output)
    {
        var expected = await UndisturbedAsync(output);
        var partial = new FileInfo(Path.Combine(_folder, output + ".partial"));
        var kills = 0;
        for (var moment = 1; moment <= 4; moment++)
        {
            using var victim = CommandProcess.Start(_folder, "score", "in.csv", "-o", output);
            var from = Length(partial);
            await Poll.UntilAsync(() => Task.FromResult(victim.HasExited || Length(partial) > from + (moment * 1_000)), Limit);
            kills += victim.HasExited ? 0 : 1;
            victim.Kill();
            await victim.EndAsync();
        }

        var (exitCode, _, errors) = await CommandProcess.RunAsync(CommandProcess.Program, _folder, "score", "in.csv", "-o", output);

        exitCode.ShouldBe(0, errors);
        kills.ShouldBeGreaterThan(0);
        (await File.ReadAllBytesAsync(Path.Combine(_folder, output), TestContext.Current.CancellationToken)).ShouldBe(expected);
        Directory.EnumerateFiles(_folder).Select(Path.GetFileName).Order().ShouldBe(["in.csv", output]);
    }

    [Fact]
    public async Task Score_CtrlC_EndsWith130AndGoesOn()
    {
        var expected = await UndisturbedAsync("out.csv");
        var partial = new FileInfo(Path.Combine(_folder, "out.csv.partial"));
        using (var interrupted = CommandProcess.StartInForeground(_folder, "score", "in.csv", "-o", "out.csv"))
        {
            await Poll.UntilAsync(() => Task.FromResult(interrupted.HasExited || Length(partial) > 0), Limit);
            await interrupted.InterruptAsync();
            var (exitCode, output, errors) = await interrupted.EndAsync();
            exitCode.ShouldBe(130, errors);
            output.ShouldBeEmpty();
            errors.ShouldContain("goes on from there");
            Length(partial).ShouldBeGreaterThan(0);
        }

        var (resumed, _, told) = await CommandProcess.RunAsync(CommandProcess.Program, _folder, "score", "in.csv", "-o", "out.csv");

        resumed.ShouldBe(0, told);
        told.ShouldContain("goes on after");
        (await File.ReadAllBytesAsync(Path.Combine(_folder, "out.csv"), TestContext.Current.CancellationToken)).ShouldBe(expected);
    }

    [Fact]
    public async Task Score_InputChangedMeanwhile_IsRefused()
    {
        await WriteInputAsync(Rows);
        using (var victim = CommandProcess.Start(_folder, "score", "in.csv"))
        {
            await Poll.UntilAsync(() => Task.FromResult(victim.HasExited || File.Exists(Path.Combine(_folder, "in.scored.csv.partial"))), Limit);
            victim.Kill();
            await victim.EndAsync();
        }

        await WriteInputAsync(10);
        var (exitCode, _, errors) = await CommandProcess.RunAsync(CommandProcess.Program, _folder, "score", "in.csv");

        exitCode.ShouldBe(2);
        errors.ShouldContain("the input was changed");
        (await CommandProcess.RunAsync(CommandProcess.Program, _folder, "score", "in.csv", "--overwrite")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Score_IntoHead_EndsQuietly()
    {
        await WriteInputAsync(Rows);

        var (_, output, errors) = await CommandProcess.RunAsync(
            "bash", _folder, "-c", $"'{CommandProcess.Program}' score in.csv -o - -q | head -n 2; echo \"ended with ${{PIPESTATUS[0]}}\"");

        output.Split('\n').Length.ShouldBe(4);
        output.ShouldStartWith("id,text,label,");
        output.ShouldContain("ended with 141");
        errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Score_BadRows_ShowInTheExitCodeOnlyWhenStrict()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "in.csv"), "id,text\n1,good\n2,\n3\n", TestContext.Current.CancellationToken);

        var (exitCode, output, errors) = await CommandProcess.RunAsync(CommandProcess.Program, _folder, "score", "in.csv", "-o", "-");
        exitCode.ShouldBe(0);
        output.ShouldContain("2,,,,,,,,empty text\n");
        output.ShouldContain("3,,,,,,,,1 field instead of 2\n");
        errors.ShouldContain("2 without a score");

        (await CommandProcess.RunAsync(CommandProcess.Program, _folder, "score", "in.csv", "--strict")).ExitCode.ShouldBe(3);
    }

    /// <summary>Of a name that an added column has, once in JSON lines, where the row is written as it stands, and once in CSV, which leaves it out.</summary>
    [Fact]
    public async Task Score_MemberThatComesLate_IsNeverThereTwice()
    {
        var lines = string.Concat(Enumerable.Repeat("{\"text\":\"good\"}\n", 100)) + "{\"text\":\"bad\",\"error\":\"mine\"}\n";
        await File.WriteAllTextAsync(Path.Combine(_folder, "in.jsonl"), lines, TestContext.Current.CancellationToken);

        var (_, objects, told) = await CommandProcess.RunAsync(CommandProcess.Program, _folder, "score", "in.jsonl", "-o", "-");
        var (_, table, _) = await CommandProcess.RunAsync(CommandProcess.Program, _folder, "score", "in.jsonl", "-o", "-", "-f", "csv");

        told.ShouldContain("1 without a score, the column error says why");
        using var last = JsonDocument.Parse(objects.TrimEnd('\n').Split('\n')[100]);
        last.RootElement.EnumerateObject().Select(member => member.Name).ShouldBeUnique();
        last.RootElement.GetProperty("text").GetString().ShouldBe("{\"text\":\"bad\",\"error\":\"mine\"}");
        table.Split('\n')[101].ShouldStartWith("bad,NEGATIVE,");
    }

    [Fact]
    public async Task Score_TwoFilesOneOfThemDone_ScoresTheOther()
    {
        await WriteInputAsync(50);
        File.Copy(Path.Combine(_folder, "in.csv"), Path.Combine(_folder, "more.csv"));
        // Ends at the second file, which is not there yet.
        (await CommandProcess.RunAsync(CommandProcess.Program, _folder, "score", "in.csv", "missing.csv")).ExitCode.ShouldBe(2);
        File.Move(Path.Combine(_folder, "more.csv"), Path.Combine(_folder, "missing.csv"));

        var (exitCode, _, errors) = await CommandProcess.RunAsync(CommandProcess.Program, _folder, "score", "in.csv", "missing.csv");

        exitCode.ShouldBe(0, errors);
        errors.ShouldContain("is finished already");
        Directory.EnumerateFiles(_folder).Select(Path.GetFileName).Order().ShouldBe(["in.csv", "in.scored.csv", "missing.csv", "missing.scored.csv"]);
    }

    [Theory]
    [InlineData(1, "scoer", "in.csv")]
    [InlineData(1, "score")]
    [InlineData(1, "score", "in.csv", "--column", "nope")]
    [InlineData(1, "score", "in.csv", "--format", "2")]
    [InlineData(1, "score", "in.csv", "--bogus")]
    [InlineData(1, "score", "in.csv", "-d", ";;")]
    [InlineData(1, "predict", "--jsn", "good")]
    [InlineData(1, "--port", "21004")]
    [InlineData(2, "score", ".")]
    [InlineData(1, "score", "in.csv", "--model", "/no/such/model")]
    [InlineData(2, "score", "nowhere.csv")]
    public async Task Run_WhatCannotBe_EndsAsDocumented(int expected, params string[] arguments)
    {
        await WriteInputAsync(1);

        var (exitCode, output, errors) = await CommandProcess.RunAsync(CommandProcess.Program, _folder, arguments);

        exitCode.ShouldBe(expected, output + errors);
        errors.ShouldNotBeEmpty();
        errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Predict_Json_IsALineATextAndNothingElse()
    {
        var (exitCode, output, errors) = await CommandProcess.RunAsync(CommandProcess.Program, _folder, "predict", "--json", "good", "bad");

        exitCode.ShouldBe(0, errors);
        output.Split('\n').Length.ShouldBe(3);
        output.ShouldStartWith("{\"text\":\"good\",\"label\":\"");
        errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Predict_IntoAPipe_IsATableWithARowAText()
    {
        var (exitCode, output, errors) = await CommandProcess.RunAsync(CommandProcess.Program, _folder, "predict", "a|b", "two\nlines", new string('x', 500), "[red]");

        exitCode.ShouldBe(0, errors);
        var rows = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        rows.Length.ShouldBe(6);
        rows[2].ShouldStartWith(@"| a\|b ");
        rows[3].ShouldStartWith("| two<br>lines ");
        rows[4].ShouldStartWith($"| {new string('x', 500)} |");
        rows[5].ShouldStartWith("| [red] ");
    }

    /// <summary>A file would take the pipe's place, and whoever reads it would wait for ever.</summary>
    [Theory]
    [InlineData("pipe")]
    [InlineData("link")]
    public async Task Score_IntoANamedPipe_IsRefusedAndLeavesIt(string output)
    {
        await WriteInputAsync(1);
        await CommandProcess.RunAsync("mkfifo", _folder, "pipe");
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), "pipe");

        var (exitCode, _, errors) = await CommandProcess.RunAsync(CommandProcess.Program, _folder, "score", "in.csv", "-o", output, "--overwrite");

        exitCode.ShouldBe(2);
        errors.ShouldContain("pipe' is a pipe");
        errors.ShouldContain("-o - > ");
        Directory.EnumerateFiles(_folder).Select(Path.GetFileName).Order().ShouldBe(["in.csv", "link", "pipe"]);
        (await CommandProcess.RunAsync("test", _folder, "-p", "pipe")).ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("predict", "good")]
    [InlineData("score", "in.csv")]
    public async Task Run_DamagedSettingsOfTheEnvironment_EndsWithALineThatNamesTheFile(params string[] arguments)
    {
        await WriteInputAsync(1);
        using var settings = new EnvironmentSettings("""{"Pipeline": """);

        var (exitCode, _, errors) = await CommandProcess.RunAsync("env", _folder, ["DOTNET_ENVIRONMENT=" + settings.Environment, CommandProcess.Program, .. arguments]);

        exitCode.ShouldBe(1);
        errors.Trim().ShouldStartWith("kubesentiment: Failed to load configuration");
        errors.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(settings.File);
    }

    /// <summary>As the service does.</summary>
    [Theory]
    [InlineData("DOTNET_ENVIRONMENT")]
    [InlineData("ASPNETCORE_ENVIRONMENT")]
    public async Task Run_SettingsOfTheEnvironment_AreTaken(string variable)
    {
        using var settings = new EnvironmentSettings("""{"Pipeline": {"MaxTextLength": 3}}""");

        var (exitCode, output, _) = await CommandProcess.RunAsync("env", _folder, $"{variable}={settings.Environment}", CommandProcess.Program, "predict", "good");

        exitCode.ShouldBe(3);
        output.ShouldContain("longer than 3 characters");
    }

    [Fact]
    public async Task Score_AnotherDelimiter_IsTaken()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "in.csv"), "id;text\n1;good, all in all\n", TestContext.Current.CancellationToken);

        var (exitCode, output, errors) = await CommandProcess.RunAsync(CommandProcess.Program, _folder, "score", "in.csv", "-d", ";", "-o", "-", "-q");

        exitCode.ShouldBe(0, errors);
        output.ShouldStartWith("id;text;label;");
        output.ShouldContain("\n1;good, all in all;");
    }

    [Fact]
    public async Task Score_StandardInputToAFile_WritesIt()
    {
        var (exitCode, _, errors) = await CommandProcess.RunAsync("bash", _folder, "-c", $"printf 'good\nbad\n' | '{CommandProcess.Program}' score - -o out.csv");

        exitCode.ShouldBe(0, errors);
        (await File.ReadAllLinesAsync(Path.Combine(_folder, "out.csv"), TestContext.Current.CancellationToken)).Length.ShouldBe(3);
        Directory.EnumerateFiles(_folder).Select(Path.GetFileName).ShouldBe(["out.csv"]);
    }

    /// <summary>As typed at a terminal without a text, or behind <c>tail -f</c>.</summary>
    [Theory]
    [InlineData("INT", "predict")]
    [InlineData("TERM", "score", "-")]
    [InlineData("TERM", "score", "-", "--input-format", "csv", "-o", "out.csv")]
    [InlineData("TERM", "score", "-", "--input-format", "jsonl", "-o", "out.csv")]
    public async Task Run_AskedToStopWhileItWaitsForInput_Ends(string signal, params string[] arguments)
    {
        // More than a pipe holds, so that it reads when this returns; and the last line has no end.
        using var waiting = CommandProcess.StartWaiting(_folder, "text\n" + new string('x', 150_000), arguments);

        await waiting.SignalAsync(signal);

        var (exitCode, output, errors) = await waiting.EndAsync();
        exitCode.ShouldBe(130, errors);
        output.ShouldBeEmpty();
        errors.ShouldNotContain("   at ");
    }

    /// <summary>What the library that runs the model would leave behind, and send, if it were let.</summary>
    [Fact]
    public async Task Predict_WithAHomeOfItsOwn_LeavesNothingThere()
    {
        var root = Path.GetDirectoryName(Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : null) ?? Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "";

        var (exitCode, _, errors) = await CommandProcess.RunAsync("env", _folder, "-i", $"HOME={_folder}", $"PATH={Environment.GetEnvironmentVariable("PATH")}", $"DOTNET_ROOT={root}", CommandProcess.Program, "predict", "good");

        exitCode.ShouldBe(0, errors);
        errors.ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(_folder).ShouldBeEmpty();
    }

    private async Task<byte[]> UndisturbedAsync(string output)
    {
        await WriteInputAsync(Rows);
        var (exitCode, _, errors) = await CommandProcess.RunAsync(CommandProcess.Program, _folder, "score", "in.csv", "-o", output);
        exitCode.ShouldBe(0, errors);
        var path = Path.Combine(_folder, output);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        if (output.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var lines = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress));
            (await lines.ReadToEndAsync(TestContext.Current.CancellationToken)).Count(character => character == '\n').ShouldBe(Rows);
        }

        File.Delete(path);
        return bytes;
    }

    /// <summary>Texts of many lengths, some of them bad.</summary>
    private Task WriteInputAsync(int rows)
    {
        var random = new Random(1);
        return File.WriteAllLinesAsync(
            Path.Combine(_folder, "in.csv"),
            Enumerable.Range(0, rows).Select(number => number % 50 == 7 ? $"{number}," : $"{number},\"text {number} {string.Join(' ', Enumerable.Repeat("good", random.Next(150)))}\"").Prepend("id,text"),
            TestContext.Current.CancellationToken);
    }

    private static long Length(FileInfo file)
    {
        file.Refresh();
        return file.Exists ? file.Length : 0;
    }
}
