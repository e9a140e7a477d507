using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>
/// Mamba language model (Gu and Dao 2023, arXiv 2312.00752), as in state-spaces/mamba mamba_simple.py and mixer_seq_simple.py and in Hugging
/// Face's modeling_mamba.py; with a mixer norm epsilon, Falcon-Mamba (modeling_falcon_mamba.py). Only a forward pass: the tape gives
/// gradients, the trace gives every quantity that is explained.
/// <code>
/// B batch    L tokens    d width of the residual stream    E inner width (2d)    N states a channel    K conv taps    R rank of the step size
/// r residual stream (B, L, d)            x, z branches of in_proj (B, L, E)
/// p conv output, u = silu(p) scan input  δ low-rank step, Δ step size, B, C coefficients of the scan     y scan output
/// r = r + out_proj( (y + D u) ⊙ silu(z) )( rms(r) );   logits = head( rms(r) )
/// </code>
/// </summary>
public sealed partial class Mamba : LanguageModel
{
    private readonly Weight ones;

    /// <summary>Builds the model around its weights.</summary>
    public Mamba(MambaConfig config, MambaWeights weights)
    {
        Config = config;
        Weights = weights;
        var widest = Math.Max(config.DtRank, config.StateSize);
        ones = new("ones", [.. Enumerable.Repeat(1f, widest)], widest);
    }

    /// <summary>Sizes.</summary>
    public MambaConfig Config { get; }

    /// <summary>Weights.</summary>
    public MambaWeights Weights { get; }

    /// <inheritdoc/>
    public override LayerKinds LayerKinds => LayerKinds.Mamba;

    /// <inheritdoc/>
    public override int VocabularySize => Config.VocabularySize;

    /// <inheritdoc/>
    public override int Width => Config.Width;

    /// <inheritdoc/>
    public override int Depth => Config.Depth;

    /// <inheritdoc/>
    public override int Branches => Config.Depth;

    /// <inheritdoc/>
    public override IEnumerable<Weight> AllWeights => Weights.All;

    private protected override Weight EmbeddingTable => Weights.Embedding;

    private protected override Weight HeadTable => Weights.Head;

    /// <inheritdoc/>
    public override LanguageState<T> NewState<T>()
        => new([.. Weights.Blocks.Select(_ => new ScanLayerState<T>(new(new T[(Config.ConvWidth - 1) * Config.InnerWidth]), new(new T[Config.StateSize * Config.InnerWidth])))]);

    private protected override Block<T> Blocks<T>(Tape<T> tape, int length, int first)
    {
        var order = ScanOrder.Forward(length);
        return (r, layer, state, cuts) =>
        {
            var trace = Mixer(tape, r, Weights.Blocks[layer], order, state as ScanLayerState<T>, cuts);
            return (tape.Sum(r, trace.MixerOutput), trace);
        };
    }

    private protected override Value<T> FinalNorm<T>(Tape<T> tape, Value<T> stream) => tape.RmsNorm(stream, Weights.FinalNorm, Config.NormEpsilon);

    // out = out_proj( (y + D u) ⊙ silu(z) ), x and z from in_proj(norm(r))
    private MambaLayerTrace<T> Mixer<T>(Tape<T> tape, Value<T> r, MambaBlockWeights w, ScanOrder order, ScanLayerState<T>? state, IReadOnlyList<Knockout> cuts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var E = Config.InnerWidth;
        var xz = tape.Linear(tape.RmsNorm(r, w.Norm, Config.NormEpsilon), w.InProj, w.InBias); // (B, L, 2E)
        var x = xz.Columns(0, E);
        var z = xz.Columns(E, E);
        var scan = Scan(tape, x, w, order, state, cuts);
        var y = tape.SkipConnection(new SkippedScan<T>(scan.Y, scan.D, scan.U)); // (B, L, E)
        var gated = tape.Product(y, tape.Silu(z)); // (B, L, E)
        var output = tape.Linear(gated, w.OutProj, w.OutBias); // (B, L, d)
        return new(r, x, z, [scan], DirectionScale: 1, y, gated, output);
    }

    // conv, SiLU, projections to Δ, B, C, scan.
    private DirectionTrace<T> Scan<T>(Tape<T> tape, Value<T> x, MambaBlockWeights w, ScanOrder order, ScanLayerState<T>? state, IReadOnlyList<Knockout> cuts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (R, N) = (Config.DtRank, Config.StateSize);
        var p = tape.CausalConv1d(x, w.Conv, w.ConvBias, order, state?.Conv); // (B, L, E)
        var u = tape.Silu(p);
        var projected = tape.Linear(u, w.XProj); // (B, L, R + 2N)
        var low = Normalised(tape, projected.Columns(0, R));
        var delta = tape.Softplus(tape.Linear(low, w.DtProj, w.DtBias)); // (B, L, E)
        var B = Normalised(tape, projected.Columns(R, N));
        var C = Normalised(tape, projected.Columns(R + N, N));
        var y = tape.SelectiveScan(u, delta, w.ALog, B, C, order, memory: state?.Scan); // (B, L, E)
        DirectionTrace<T> trace = new(order, w.Conv, w.ConvBias, w.ALog, w.D, p, u, delta, B, C, y);
        tape.Cut(trace, cuts);
        return trace;
    }

    // Falcon-Mamba divides δ, B and C by their root mean square; there is no gain to learn.
    private Value<T> Normalised<T>(Tape<T> tape, Value<T> value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Config.MixerNormEpsilon is { } epsilon ? tape.RmsNorm(value, ones, epsilon) : value;
}
