using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>A checkpoint in 16 bits stays so in memory, and computes what the same values do as singles, to the last bit.</summary>
public sealed class HalfCheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-half-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("mamba", WeightFormat.F16)]
    [InlineData("mamba", WeightFormat.BF16)]
    [InlineData("falcon-mamba", WeightFormat.BF16)]
    [InlineData("mamba2", WeightFormat.BF16)]
    [InlineData("gpt-neox", WeightFormat.F16)]
    public void Logits_and_gradients_are_those_of_singles(string name, WeightFormat format)
    {
        var (config, weights) = Weights(name, RandomWeights.Source(1, format));
        var narrow = Open("narrow", config, weights, format == WeightFormat.BF16 ? TensorType.BF16 : TensorType.F16);
        var wide = Open("wide", config, weights, TensorType.F32);
        var matrices = narrow
            .AllWeights.Where(weight => weight.Shape.Count == 2 && weight.Name.EndsWith(".weight", StringComparison.Ordinal))
            .ToArray();
        Assert.NotEmpty(matrices);
        Assert.All(matrices, weight => Assert.Equal(format, weight.Format));
        Assert.All(narrow.AllWeights.Except(matrices), weight => Assert.Equal(WeightFormat.F32, weight.Format));
        Assert.All(wide.AllWeights, weight => Assert.Equal(WeightFormat.F32, weight.Format));
        Assert.Equal(Results<float>(wide), Results<float>(narrow));
        Assert.Equal(Results<double>(wide), Results<double>(narrow));
    }

    [Theory]
    [InlineData(TensorType.BF16, 0x7F80, "an infinite value")]
    [InlineData(TensorType.BF16, 0x7FC0, "NaN")]
    [InlineData(TensorType.F16, 0xFC00, "an infinite value")]
    [InlineData(TensorType.F16, 0x7E00, "NaN")]
    public void What_is_no_number_is_refused(TensorType type, int bits, string said)
    {
        var (config, weights) = Weights("mamba", RandomWeights.Source(1));
        var bad = type == TensorType.BF16 ? BitConverter.Int32BitsToSingle(bits << 16) : (float)BitConverter.UInt16BitsToHalf((ushort)bits);
        weights.Single(weight => weight.Name.EndsWith("layers.1.mixer.in_proj.weight", StringComparison.Ordinal)).Values<float>()[5] = bad;
        var message = Assert.Throws<BadInputException>(() => Open("bad", config, weights, type)).Message;
        Assert.Contains("layers.1.mixer.in_proj.weight", message, StringComparison.Ordinal);
        Assert.Contains($"{said} at position 5", message, StringComparison.Ordinal);
    }

    private static (string Config, Weight[] Weights) Weights(string name, WeightSource source)
        => name switch
        {
            "mamba" => ("{}", [.. new MambaWeights(TinyLanguageModels.MambaConfig, source).All]),
            "falcon-mamba" => ("""{"model_type": "falcon_mamba"}""", [.. new MambaWeights(TinyLanguageModels.FalconConfig, source).All]),
            "mamba2" => ("""{"model_type": "mamba2"}""", [.. new Mamba2Weights(TinyLanguageModels.Mamba2Config, source).All]),
            _ => (
                """{"model_type": "gpt_neox", "num_attention_heads": 3, "rotary_pct": 0.5}""",
                [.. new GptNeoXWeights(TinyLanguageModels.GptNeoXConfig, source).All]),
        };

    private ILanguageModel Open(string name, string config, IEnumerable<Weight> weights, TensorType matrices)
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        var writer = new SafetensorsWriter();
        foreach (var weight in weights)
        {
            writer.Add(
                weight.Name,
                [.. weight.Shape],
                weight.Values<float>(),
                weight.Shape.Count == 2 && weight.Name.EndsWith(".weight", StringComparison.Ordinal) ? matrices : TensorType.F32);
        }

        writer.Save(Path.Combine(path, "model.safetensors"));
        File.WriteAllText(Path.Combine(path, "config.json"), config);
        return LanguageModels.Open(path);
    }

    private static T[] Results<T>(ILanguageModel model)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        using var workers = new Workers(2);
        var trace = TinyLanguageModels.Run<T>(workers, model, TokenBatch.Of(TinyLanguageModels.Text(23)));
        using var decision = new Decision<T>(trace);
        return [.. trace.Logits.Data.ToArray(), .. decision.Gradients[trace.Tokens].ToArray()];
    }
}
