using System.Numerics;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Tests.Attribution;

/// <summary>The golden transformer, run once in one precision; disposed of with the test class that uses it.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class DeitMicro<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Workers workers = new(2);

    /// <summary>Loads and runs the model.</summary>
    public DeitMicro()
    {
        Expected = Checkpoint.Open(Golden.Path("deit-micro", "expected.safetensors"));
        using var checkpoint = Checkpoint.Open(Golden.Path("deit-micro", "model.safetensors"));
        Model = VisionTransformerCheckpoint.Load(checkpoint, ConfigFile.Load(Golden.Path("deit-micro", "config.json")));
        var pixels = Array.ConvertAll(Expected.ReadSingles("pixel_values"), T.CreateTruncating);
        Decision = new(
            Model.Forward(new Tape<T>(workers, new BufferPool<T>(), isRecording: true), Activation<T>.Of(pixels, 1, 3 * 224, 224)));
    }

    internal Checkpoint Expected { get; }

    internal VisionTransformer Model { get; }

    internal Decision<T> Decision { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Decision.Dispose();
        Decision.Trace.Dispose();
        Expected.Dispose();
        workers.Dispose();
    }
}
