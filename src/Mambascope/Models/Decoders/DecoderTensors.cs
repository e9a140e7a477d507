using System.Globalization;
using System.Text.RegularExpressions;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// The weights of a <see cref="Decoder"/> out of a checkpoint, under whichever name and in whichever layout it has them: experts by
/// themselves or in one tensor, matrices as (outputs, inputs) or turned.
/// </summary>
internal sealed partial class DecoderTensors
{
    private readonly ModelTensors tensors;
    private readonly DecoderFamily family;

    public DecoderTensors(ModelTensors tensors, DecoderFamily family)
    {
        (this.tensors, this.family) = (tensors, family);
        tensors.OtherNames = family.OtherNames;
    }

    /// <summary>The checkpoint's tensors, found under other names too.</summary>
    public ModelTensors Tensors => tensors;

    /// <summary>The weight that the model calls <paramref name="name"/>.</summary>
    public Weight Of(string name, params int[] shape)
    {
        if (tensors.Has(name))
        {
            return tensors.Weight(tensors.Name(name), shape, @as: name);
        }

        if (name.EndsWith(Gpt2Names.Turned, StringComparison.Ordinal))
        {
            return tensors.TurnedWeight(tensors.Name(name[..^Gpt2Names.Turned.Length] + ".weight"), shape[0], shape[1], @as: name);
        }

        return OfExpert(name, shape) ?? tensors.Weight(name, shape);
    }

    /// <summary>Throws where a tensor was not used.</summary>
    public void RefuseUnused(string kind, DecoderShape shape)
        => tensors.RefuseUnused(kind, name => family.MayBeUnread(name) || (shape.IsHeadTied && name == tensors.Name("lm_head.weight")));

    // All experts of a layer in one tensor (X, rows, columns); gate and up may be one matrix, gate first.
    private Weight? OfExpert(string name, int[] shape)
    {
        var match = ExpertName().Match(name);
        if (!match.Success || !int.TryParse(match.Groups["expert"].Value, CultureInfo.InvariantCulture, out var expert))
        {
            return null;
        }

        var (experts, block, layer) = (match.Groups["experts"].Value, match.Groups["block"].Value, match.Groups["layer"].Value);
        foreach (var stack in new[] { $"{experts}.{layer}", $"{experts}.{layer}.weight", $"{block}{layer}.weight" }.Where(tensors.Has))
        {
            return tensors.StackedWeight(tensors.Name(stack), expert, firstRow: 0, shape[0], shape, name);
        }

        return layer is "gate_proj" or "up_proj" && tensors.Has(experts + ".gate_up_proj")
            ? tensors.StackedWeight(
                tensors.Name(experts + ".gate_up_proj"), expert, layer == "gate_proj" ? 0 : shape[0], 2 * shape[0], shape, name)
            : null;
    }

    [GeneratedRegex(
        @"^(?<experts>(?<block>.*\.)experts)\.(?<expert>[0-9]+)\.(?<layer>[a-z_]+)\.weight$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex ExpertName();
}
