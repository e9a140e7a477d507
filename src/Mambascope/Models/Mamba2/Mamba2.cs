using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>
/// Mamba-2 language model (Dao and Gu 2024, arXiv 2405.21060), as in state-spaces/mamba mamba2.py and in Hugging Face's modeling_mamba2.py.
/// Only a forward pass: the tape gives gradients, the trace gives every quantity that is explained.
/// <code>
/// B batch    L tokens    d width of the residual stream    E inner width    H heads of P = E / H channels    G groups of heads    N states    K conv taps
/// r residual stream (B, L, d)            z, [x B C], step: branches of in_proj
/// [p ..] conv output of [x B C], silu of it: u scan input (B, L, E), B, C coefficients (B, L, G N)       Δ step size (B, L, H)     y scan output
/// r = r + out_proj( rms( (y + D u) ⊙ silu(z) ) )( rms(r) );   logits = head( rms(r) )
/// </code>
/// </summary>
public sealed partial class Mamba2 : LanguageModel
{
    /// <summary>Builds the model around its weights.</summary>
    public Mamba2(Mamba2Config config, Mamba2Weights weights)
    {
        Config = config;
        Weights = weights;
    }

    /// <summary>Sizes.</summary>
    public Mamba2Config Config { get; }

    /// <summary>Weights.</summary>
    public Mamba2Weights Weights { get; }

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
        => new([.. Weights.Blocks.Select(_ => new ScanLayerState<T>(new(new T[(Config.ConvWidth - 1) * Config.ConvChannels]), new(new T[Config.InnerWidth * Config.StateSize])))]);

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

    // out = out_proj( rms( (y + D u) ⊙ silu(z) ) )
    private MambaLayerTrace<T> Mixer<T>(Tape<T> tape, Value<T> r, Mamba2BlockWeights w, ScanOrder order, ScanLayerState<T>? state, IReadOnlyList<Knockout> cuts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (E, channels) = (Config.InnerWidth, Config.ConvChannels);
        var projected = tape.Linear(tape.RmsNorm(r, w.Norm, Config.NormEpsilon), w.InProj, w.InBias); // (B, L, 2E + 2GN + H)
        var z = projected.Columns(0, E);
        var xBC = projected.Columns(E, channels);
        var scan = Scan(tape, xBC, projected.Columns(E + channels, Config.Heads), w, order, state, cuts);
        var y = tape.SkipConnection(new SkippedScan<T>(scan.Y, w.D, scan.U)); // (B, L, E)
        var a = tape.Product(y, tape.Silu(z)); // (B, L, E)
        var gated = tape.RmsNorm(a, w.GatedNorm, Config.NormEpsilon, Config.NormGroups); // (B, L, E)
        var output = tape.Linear(gated, w.OutProj, w.OutBias); // (B, L, d)
        return new(r, xBC.Columns(0, E), z, [scan], DirectionScale: 1, y, gated, output) { Norm = new(a, w.GatedNorm, Config.NormEpsilon, Config.NormGroups) };
    }

    // conv and SiLU of x, B and C together, step sizes, scan.
    private DirectionTrace<T> Scan<T>(Tape<T> tape, Value<T> xBC, Value<T> dt, Mamba2BlockWeights w, ScanOrder order, ScanLayerState<T>? state, IReadOnlyList<Knockout> cuts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (E, H, states) = (Config.InnerWidth, Config.Heads, Config.Groups * Config.StateSize);
        var p = tape.CausalConv1d(xBC, w.Conv, w.ConvBias, order, state?.Conv); // (B, L, E + 2GN)
        var uBC = tape.Silu(p);
        var u = uBC.Columns(0, E);
        var B = uBC.Columns(E, states);
        var C = uBC.Columns(E + states, states);
        var delta = tape.StepSize(dt, w.DtBias, Config.LeastStep, Config.GreatestStep); // (B, L, H)
        var y = tape.SelectiveScan(u, delta, w.ALog, B, C, order, Config.Groups, state?.Scan); // (B, L, E)
        DirectionTrace<T> trace = new(order, w.Conv.Slice(0, E), w.ConvBias?.Slice(0, E), w.ALog, w.D.Repeat(E), p.Columns(0, E), u, delta, B, C, y, Config.Groups);
        tape.Cut(trace, cuts);
        return trace;
    }
}
