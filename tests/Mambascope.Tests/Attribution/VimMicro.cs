using System.Numerics;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Tests.Attribution;

/// <summary>The golden Vision Mamba, run once in one precision; disposed of with the test class that uses it.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class VimMicro<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Workers workers = new(2);

    /// <summary>Loads and runs the model.</summary>
    public VimMicro()
    {
        Expected = Checkpoint.Open(Golden.Path("vim-micro", "expected.safetensors"));
        Model = Load("model.safetensors");
        var pixels = Array.ConvertAll(Expected.ReadSingles("pixel_values"), T.CreateTruncating);
        var trace = Model.Forward(new Tape<T>(workers, new BufferPool<T>(), isRecording: true), Activation<T>.Of(pixels, 1, 3 * 224, 224));
        Decision = new(trace);
    }

    internal Checkpoint Expected { get; }

    internal VisionMamba Model { get; }

    internal Decision<T> Decision { get; }

    internal static VisionMamba Load(string file)
    {
        using var checkpoint = Checkpoint.Open(Golden.Path("vim-micro", file));
        return VisionMambaCheckpoint.Load(checkpoint, ConfigFile.Load(Golden.Path("vim-micro", "config.json")));
    }

    internal static double[] Widen(ReadOnlySpan<T> values)
    {
        var wide = new double[values.Length];
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = double.CreateTruncating(values[i]);
        }

        return wide;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Decision.Dispose();
        Decision.Trace.Dispose();
        Expected.Dispose();
        workers.Dispose();
    }
}
