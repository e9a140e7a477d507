using System.Numerics;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Mambascope.Tracing;

namespace Mambascope.Tests.Attribution;

/// <summary>A golden language model, run once in one precision with every token scored, explained at the last.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class GoldenLanguageModel<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Workers workers = new(2);
    private readonly double tolerance;

    public GoldenLanguageModel(string folder, double tolerance)
    {
        this.tolerance = tolerance;
        Expected = Checkpoint.Open(Golden.Path(folder, "expected.safetensors"));
        Model = LanguageModels.Open(Golden.Path(folder));
        int[] ids = [.. Expected.ReadInt64s("input_ids").Select(id => (int)id)];
        Tokens = TokenBatch.Of(ids);
        Decision = new(Run(ScorePositions.All));
    }

    public Checkpoint Expected { get; }

    public ILanguageModel Model { get; }

    public TokenBatch Tokens { get; }

    public Decision<T> Decision { get; }

    public MethodRun<T> MethodRun => new(Decision, Model, new(), CancellationToken.None, progress: null);

    public int Length => Tokens.Length;

    public Trace<T> Run(ScorePositions? positions)
        => Model.Forward(new Tape<T>(workers, new BufferPool<T>(), isRecording: true), Tokens, positions);

    public void Compare(string name, ReadOnlySpan<T> actual)
        => Golden.AssertClose(name, VimMicro<T>.Widen(actual), Expected.Read(name), tolerance);

    public T[] Map(string method, AttributionOptions options)
    {
        var map = AttributionMethods.Find(method, Model.Shape).Explain(Decision, Model, options)[0];
        Xunit.Assert.Null(map.Degenerate);
        return map.Values;
    }

    /// <summary>Goldens hold scan quantities as (channels, time).</summary>
    public static T[] ByChannel(Activation<T> values)
    {
        var result = new T[values.Count];
        for (var e = 0; e < values.Width; e++)
        {
            for (var t = 0; t < values.Length; t++)
            {
                result[(e * values.Length) + t] = values.Row(t)[e];
            }
        }

        return result;
    }

    public void Dispose()
    {
        Decision.Dispose();
        Decision.Trace.Dispose();
        Expected.Dispose();
        workers.Dispose();
    }
}
