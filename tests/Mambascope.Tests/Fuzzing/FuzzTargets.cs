using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Results;
using Mambascope.Inputs.Images;
using Mambascope.Inputs.Series;
using Mambascope.Inputs.Text;
using Mambascope.Models;
using Mambascope.Tests.Checkpoints;
using Mambascope.Tests.Evaluation.Datasets.Tars;
using Mambascope.Tests.Inputs.Text;
using Mambascope.Tests.Models;
using Mambascope.Tests.Models.Series;

namespace Mambascope.Tests.Fuzzing;

/// <summary>
/// Every reader of files that users may name. A new reader gets a target here, with one or two small valid files as seeds.
/// </summary>
internal static class FuzzTargets
{
    // One text for all: spaces, digits, a letter of two bytes, one beyond U+FFFF.
    private const string Sample = "The cab's 123 abc <end> é\u0301 🙂\n";

    private static readonly string[] patternWords =
    [
        "[", "]", "(", ")", "(?:", "(?=", "(?<!", "[:alpha:]", "&&", "++", "*?", "{2,3}", "\\p{L}", "\\h", "^", "$",
        "|", "-", "\\x{41}", "(?i)", "(?m:", "[^",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("safetensors", "mutant.safetensors", ReadCheckpoint),
        new("torch-pickle", "mutant.pth", ReadCheckpoint) { Wrap = Zip, MostMemory = 160L << 20 },
        new("torch-zip", "mutant.pth", ReadCheckpoint) { MostMemory = 160L << 20 },
        new("torch-old", "mutant.pth", ReadCheckpoint) { MostMemory = 160L << 20 },
        new("index", "model.safetensors.index.json", ReadCheckpoint)
        {
            Beside = folder =>
                new SafetensorsWriter()
                    .Add("a.weight", [1], new float[1])
                    .Add("b.weight", [1], new float[1])
                    .Save(Path.Combine(folder, "one.safetensors")),
        },
        new("config", "config.json", ReadConfig),
        new("decoder", "config.json", file => LanguageModels.Open(Path.GetDirectoryName(file)!)) { Beside = WriteDecoder },
        new("preprocessor", "preprocessor_config.json", ReadPreprocessor),
        new("labels", "labels.txt", file => ClassLabels.Read(file, 3)),
        new("tokenizer", "tokenizer.json", ReadTokenizer),
        new("pattern", "tokenizer.json", ReadTokenizer) { Wrap = Split, Words = patternWords },
        new("npy", "mutant.npy", file => NpyReader.Read<float>(file)),
        new("npz", "mutant.npz", file => DatasetSpecification.Open($"medmnist:{file}").Read(0)),
        new("input-ids", "mutant.safetensors", file => InputIds.Read(file)),
        new("csv", "mutant.csv", file => CsvFile.Read(file)),
        new("gguf", "mutant.gguf", ReadGguf) { MostMemory = 64L << 20 },
        new("ts", "mutant.ts", file => SeriesFile.Read(file))
        {
            Words = [":", ",", "?", "@data", "@classLabel true", "@dimensions", "#", "NaN", "1e99"],
        },
        new("series-csv", "mutant.csv", file => SeriesFile.Read(file)),
        new("series-npz", "mutant.npz", file => SeriesFile.Read(file)),
        new("series-config", "config.json", ReadSeriesModel) { Beside = WriteSeriesModel },
        new("results", "results.jsonl", ReadResults),
        new("tar", "mutant.tar", ReadTar)
        {
            Wrap = Sealed,
            Words = ["ustar\0", "\0", "0000000001", "77777777777", "../", "/", "x", "L", "12 path=a\n"],
        },
        new("text", "mutant.txt", file => TextFile.Read(file, 1 << 20)),
    ];

    private static void ReadCheckpoint(string file)
    {
        using var checkpoint = Checkpoint.Open(file);
        ReadTensors(checkpoint);
        ReadTensors(
            checkpoint.Choose(other => other.Tensors.ContainsKey("layers.0.A_log") && other.Weights != checkpoint.Weights).Checkpoint);
    }

    private static void ReadTensors(Checkpoint checkpoint)
    {
        foreach (var (name, tensor) in checkpoint.Tensors)
        {
            // Values are read when asked for: a damaged entry of an archive shows only now.
            Refusable(() =>
                Xunit.Assert.Equal(
                    tensor.Count,
                    tensor.Type is TensorType.F64 or TensorType.F32 or TensorType.F16 or TensorType.BF16
                        ? checkpoint.ReadSingles(name).Length
                        : checkpoint.ReadInt64s(name).Length));
        }
    }

    private static void ReadGguf(string file)
    {
        ReadCheckpoint(file);
        Refusable(() => TextTokenizer.Load(file));
        Refusable(() => LanguageModels.Open(file));
    }

    private static void ReadResults(string file)
    {
        var stored = ResultFile.Read(file);
        var measure = MeasureRegistry.Read(stored.Settings);
        RecordCheck.Guarded(measure, stored.Lines, () => measure.Table(MethodLines.Of(stored.Lines)));
        Refusable(() => ResultFile.Merge([file], file + ".merged"));
        Refusable(() => ResultFile.Resume(file, stored.Settings).Dispose());
    }

    private static void ReadTar(string file)
    {
        var data = DatasetSpecification.Open(file, TestTars.Options);
        for (var i = 0; i < data.Count; i++)
        {
            Refusable(() => data.Read(i));
        }
    }

    // Headers whose checksums are right, so that what stands in them is looked at.
    private static byte[] Sealed(byte[] tar)
    {
        for (var at = 0; at + 512 <= tar.Length; at += 512)
        {
            if (tar.AsSpan(at + 257, 5).SequenceEqual("ustar"u8))
            {
                TestTars.Seal(tar, at);
            }
        }

        return tar;
    }

    private static void ReadConfig(string file)
    {
        var config = ConfigFile.Load(file);
        foreach (var key in config.Keys.Append("absent"))
        {
            Refusable(() => config.GetInt32(key, 1));
            Refusable(() => config.GetDouble(key, 1));
            Refusable(() => config.GetBoolean(key, absent: true));
            Refusable(() => config.GetString(key, ""));
            Refusable(() => config.GetDoubles(key));
            Refusable(() => config.GetInt32s(key));
            Refusable(() => config.GetLabels(key));
            Refusable(() => config.GetSection(key)?.GetInt32("d_state", 1));
        }

        Refusable(() => EndTokens.Of(config, null));
    }

    // The weights that the seed of "decoder" describes.
    private static void WriteDecoder(string folder)
    {
        var config = ConfigFile.Load(Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Seeds", "decoder", "granite.json"));
        var model = new Mambascope.Models.Decoder(new GraniteHybridFamily().Shape(new(config, tensors: null)), RandomWeights.Source(1));
        var writer = new SafetensorsWriter();
        foreach (var weight in model.AllWeights)
        {
            writer.Add(weight.Name, [.. weight.Shape], weight.Values<float>());
        }

        writer.Save(Path.Combine(folder, "model.safetensors"));
    }

    // The weights that the seed of "series-config" describes.
    private static void WriteSeriesModel(string folder)
    {
        var writer = new SafetensorsWriter();
        foreach (var weight in TinySeries.Create("scan").AllWeights)
        {
            writer.Add(weight.Name, [.. weight.Shape], weight.Values<float>());
        }

        writer.Save(Path.Combine(folder, "model.safetensors"));
    }

    private static void ReadSeriesModel(string file)
    {
        using var model = SeriesModel.Open(Path.GetDirectoryName(file)!, threads: 1);
        model.Run(TinySeries.Case(model.Model)).Dispose();
    }

    private static void ReadPreprocessor(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            PreprocessingConfig.Read(document.RootElement, file);
        }
        catch (JsonException error)
        {
            throw new BadInputException("not JSON", error); // as the front door says it
        }
    }

    private static void ReadTokenizer(string file)
    {
        var tokenizer = TextTokenizer.Load(file);
        tokenizer.Decode(tokenizer.Encode(Sample).Select(token => token.Id));
    }

    private static void Refusable(Action read)
    {
        try
        {
            read();
        }
        catch (BadInputException error)
        {
            TemporaryFolder.OneLine(error);
        }
    }

    private static void Refusable<T>(Func<T> read) => Refusable(() => { read(); });

    /// <summary>A pickle in an archive whose checksums are right.</summary>
    private static byte[] Zip(byte[] pickle)
        => PyTorchZip.Build(
            pickle, CompressionLevel.NoCompression, "a/", ("0", new float[6]), ("1", new ushort[4]), ("2", new long[3]),
            ("3", new byte[2]));

    /// <summary>An expression as the step of a tokenizer that cuts.</summary>
    private static byte[] Split(byte[] pattern)
    {
        var json = TokenizerFiles.Small("a b");
        json["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "Split",
                    ["pattern"] = new JsonObject { ["Regex"] = Encoding.UTF8.GetString(pattern) },
                    ["behavior"] = "Isolated",
                    ["invert"] = false,
                },
                new JsonObject
                {
                    ["type"] = "ByteLevel",
                    ["add_prefix_space"] = false,
                    ["use_regex"] = false,
                }),
        };
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }
}
