using System.Numerics;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Tests.Models.Staged;

/// <summary>A folder of golden values of a model with stages.</summary>
/// <param name="Folder">Its name.</param>
/// <param name="Stage">The stage of which it has everything.</param>
/// <param name="Block">The block of that stage.</param>
public sealed record StagedGolden(string Folder, int Stage, int Block)
{
    /// <summary>VMamba v0: a gate, merges of 2 x 2 tokens.</summary>
    public static StagedGolden V0 { get; } = new("vmamba-v0-micro", 1, 0);

    /// <summary>VMamba v05 without gate: MLPs, convolutions between stages.</summary>
    public static StagedGolden V05 { get; } = new("vmamba-v05-micro", 1, 1);

    /// <summary>MedMamba: half of the channels go through convolutions.</summary>
    public static StagedGolden MedMamba { get; } = new("medmamba-micro", 1, 0);

    /// <summary>The one of a folder.</summary>
    public static StagedGolden Of(string folder) => new[] { V0, V05, MedMamba }.Single(golden => golden.Folder == folder);

    /// <summary>The block's prefix in names of tensors.</summary>
    public string At => $"stage{Stage}.block{Block}.";

    /// <summary>Path of a file of the folder.</summary>
    public string Path(string file) => Golden.Path(Folder, file);

    /// <summary>The model of a weight file of the folder.</summary>
    public IVisionModel Load(string file = "model.safetensors", bool withConfig = true)
    {
        using var opened = Checkpoint.Open(Path(file));
        var checkpoint = opened.Choose(one => Architectures.Matching(one) is not null).Checkpoint;
        var config = withConfig ? ConfigFile.Load(Path("config.json")) : null;
        return (IVisionModel)Architectures.Matching(checkpoint)!.Read(checkpoint, config);
    }
}

/// <summary>
/// A golden model with stages, run on both of its pictures in one precision; disposed of with the test class that uses it.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class StagedMicro<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Workers workers = new(2);

    /// <summary>Loads and runs the model.</summary>
    internal StagedMicro(StagedGolden golden)
    {
        Golden = golden;
        Expected = Checkpoint.Open(golden.Path("expected.safetensors"));
        Model = golden.Load();
        Decision = Run(prefix: "");
        Other = Run("other.");
    }

    internal StagedGolden Golden { get; }

    internal Checkpoint Expected { get; }

    internal IVisionModel Model { get; }

    /// <summary>The picture of 64 x 64.</summary>
    internal Decision<T> Decision { get; }

    /// <summary>The picture of 56 x 72.</summary>
    internal Decision<T> Other { get; }

    internal Trace<T> Trace => Decision.Trace;

    /// <summary>The layer that a stage and a block of it are.</summary>
    internal LayerTrace<T> Layer(int stage, int block) => Trace.Layers[Model.Facts.Stages!.Take(stage).Sum() + block];

    internal ScanMixerTrace<T> Mixer(int stage, int block) => (ScanMixerTrace<T>)Layer(stage, block).Mixers.Single();

    /// <summary>(channels, time) of (time, channels), in an order of time.</summary>
    internal static T[] InOrder(Activation<T> values, ScanOrder? order = null)
    {
        var result = new T[values.Count];
        for (var e = 0; e < values.Width; e++)
        {
            for (var t = 0; t < values.Length; t++)
            {
                result[(e * values.Length) + t] = values.Row(order is null ? t : order.Tokens[t])[e];
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var decision in new[] { Decision, Other })
        {
            decision.Dispose();
            decision.Trace.Dispose();
        }

        Expected.Dispose();
        workers.Dispose();
    }

    private Decision<T> Run(string prefix)
    {
        const string Name = "pixel_values";
        var shape = Expected.Find(prefix + Name).Shape;
        var pixels = Array.ConvertAll(Expected.ReadSingles(prefix + Name), T.CreateTruncating);
        Tape<T> tape = new(workers, new BufferPool<T>(), isRecording: true);
        return new(Model.Forward(tape, Activation<T>.Of(pixels, 1, (int)(shape[0] * shape[1]), (int)shape[2])));
    }
}
