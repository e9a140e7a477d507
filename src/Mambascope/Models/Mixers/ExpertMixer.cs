using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>
/// A mixture of experts on each token alone: a router chooses k of X, which are computed for the tokens that chose them and for no other.
/// <code>
/// w, chosen = routing( router(r) );   out = Σ over the chosen of w[e] expert_e(r)  (+ shared(r))
/// </code>
/// </summary>
/// <param name="router">(X, d).</param>
/// <param name="routing">How experts follow from its logits.</param>
/// <param name="experts">The experts, X.</param>
internal sealed class ExpertMixer(Weight router, ExpertRouting routing, IReadOnlyList<IMixer> experts) : IMixer
{
    /// <summary>An expert that every token is sent to, with weight one; null where there is none.</summary>
    public IMixer? Shared { get; init; }

    /// <summary>Layers into and out of a narrower stream that the experts work in; null where they work in the residual stream's.</summary>
    public (LinearWeights In, LinearWeights Out)? Latent { get; init; }

    /// <inheritdoc/>
    public MixerShape? Shape => null;

    /// <inheritdoc/>
    public int Experts => experts.Count;

    /// <inheritdoc/>
    public LayerState<T>? NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => null;

    /// <inheritdoc/>
    public MixerOutput<T> Forward<T>(Tape<T> tape, MixerInput<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var routed = tape.ExpertWeights(tape.Linear(input.Stream, router), routing); // (B, L, k)
        var seen = Latent?.In.Of(tape, input.Stream) ?? input.Stream;
        List<ExpertOutput<T>> outputs = [];
        for (var e = 0; e < experts.Count; e++)
        {
            var (rows, slots) = Askers(routed.Chosen, e, input.Cuts, input.Stream.Data.Length);
            if (rows.Length > 0)
            {
                outputs.Add(new(rows, slots, experts[e].Forward(tape, input.With(tape.GatherRows(seen, rows))).Output));
            }
        }

        var mixed = tape.ExpertMix(routed.Output, outputs, seen.Data.Width);
        var output = Latent?.Out.Of(tape, mixed) ?? mixed; // (B, L, d)
        if (Shared is not null)
        {
            output = tape.Sum(output, Shared.Forward(tape, input).Output);
        }

        return new(output) { Experts = new(routed.Chosen, routed.Output) };
    }

    // The tokens that chose an expert and are to hear it, and the place it has among theirs.
    private (int[] Rows, int[] Slots) Askers(IReadOnlyList<int> chosen, int expert, IReadOnlyList<Knockout> cuts, int length)
    {
        List<int> at = [];
        for (var i = 0; i < chosen.Count; i++)
        {
            var token = i / routing.Chosen % length;
            if (chosen[i] == expert && !cuts.Any(cut => cut.Takes(expert, token)))
            {
                at.Add(i);
            }
        }

        return ([.. at.Select(i => i / routing.Chosen)], [.. at.Select(i => i % routing.Chosen)]);
    }
}
