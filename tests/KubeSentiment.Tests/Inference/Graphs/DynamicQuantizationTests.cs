using KubeSentiment.Inference.Graphs;

namespace KubeSentiment.Tests.Inference.Graphs;

/// <summary>Graphs whose answers depend on the batch are told from those whose answers do not.</summary>
public class DynamicQuantizationTests
{
    [Fact]
    public void IsIn_BuiltInModel_False() => DynamicQuantization.IsIn(Path.Combine(Models.BuiltIn, "model.onnx")).ShouldBeFalse();

    [Theory]
    [InlineData(0)]
    [InlineData(65_520)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public void IsIn_OperatorAnywhere_True(int offset)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, [.. new byte[offset], .. "DynamicQuantizeLinear"u8, .. new byte[100]]);
            DynamicQuantization.IsIn(path).ShouldBeTrue();
        }
        finally
        {
            File.Delete(path);
        }
    }
}
