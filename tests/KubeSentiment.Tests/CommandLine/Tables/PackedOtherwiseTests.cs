using KubeSentiment.CommandLine;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.Tests.CommandLine.Tables;

/// <summary>Inputs that are packed as none that is read: the command says how to unpack them.</summary>
public sealed class PackedOtherwiseTests
{
    [Theory]
    [InlineData("reviews.csv.zst", new byte[] { 0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x58 }, "is packed with Zstandard: unpack it first, for instance: zstd -dc FILE | kubesentiment score -.")]
    [InlineData("reviews.csv.xz", new byte[] { 0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00 }, "is packed with xz: unpack it first, for instance: xz -dc FILE | kubesentiment score -.")]
    [InlineData("reviews.xlsx", new byte[] { 0x50, 0x4B, 0x03, 0x04, 0x14, 0x00 }, "is a Zip archive, as Excel's workbooks are: save the sheet as CSV in UTF-8, or unpack it first, for instance: unzip -p FILE | kubesentiment score -.")]
    public void Open_PackedOtherwise_IsRefused(string name, byte[] packed, string expected)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, name);
        File.WriteAllBytes(path, packed);

        foreach (var format in new TableFormat?[] { null, TableFormat.Csv, TableFormat.Jsonl })
        {
            var error = Should.Throw<CommandException>(() => TableInput.Open(path, format, TestContext.Current.CancellationToken));
            (error.ExitCode, error.Message).ShouldBe((ExitCode.Files, $"{path} {expected}"));
        }

        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }
}
