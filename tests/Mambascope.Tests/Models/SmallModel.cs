using Mambascope.Checkpoints;
using Mambascope.Models;

namespace Mambascope.Tests.Models;

/// <summary>
/// A folder with a tiny Vision Mamba (32 x 32 pixels, 2 layers, 3 classes with labels) as a user would have it; gone after the test.
/// </summary>
internal sealed class SmallModel : IDisposable
{
    public const string Labels = """{"0": "tench, Tinca tinca", "1": "goldfish", "2": "great white shark"}""";

    public SmallModel(
        int channels = 3,
        ClassTokenKind classToken = ClassTokenKind.Middle,
        string? config = null,
        string? preprocessor = null,
        string weights = "model.safetensors",
        Func<float[], string, float[]>? change = null)
    {
        Config = new()
        {
            ImageSize = 32,
            PatchSize = 8,
            Stride = 8,
            Channels = channels,
            Width = 16,
            Depth = 2,
            InnerWidth = 32,
            DtRank = 1,
            StateSize = 4,
            Classes = 3,
            ClassToken = classToken,
        };
        Folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;
        var writer = new SafetensorsWriter();
        foreach (var weight in new VisionMambaWeights(Config, RandomWeights.Source(5)).All)
        {
            writer.Add(weight.Name, [.. weight.Shape], change?.Invoke(weight.Values<float>(), weight.Name) ?? weight.Values<float>());
        }

        writer.Save(Path(weights));
        var place = classToken == ClassTokenKind.First ? ", \"class_token\": \"first\"" : "";
        File.WriteAllText(
            Path("config.json"),
            config ?? $$"""{"model_type": "vim", "hidden_size": 16, "num_labels": 3, "id2label": {{Labels}}{{place}}}""");
        if (preprocessor is not null)
        {
            File.WriteAllText(Path("preprocessor_config.json"), preprocessor);
        }
    }

    public VisionMambaConfig Config { get; }

    public string Folder { get; }

    public string Path(string file) => System.IO.Path.Combine(Folder, file);

    /// <summary>Writes a safetensors input of smooth values.</summary>
    public string Input(
        string file = "input.safetensors", int[]? shape = null, Action<float[]>? change = null, string tensor = "pixel_values")
    {
        shape ??= [Config.Channels, 32, 32];
        var values = new float[shape.Aggregate(1, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = MathF.Sin(0.01f * i);
        }

        change?.Invoke(values);
        new SafetensorsWriter().Add(tensor, shape, values).Save(Path(file));
        return Path(file);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
