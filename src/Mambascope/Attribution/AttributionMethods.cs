using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>All methods by name.</summary>
public static class AttributionMethods
{
    /// <summary>In the order in which they are shown. A name can stand here twice: once for scans, once for softmax attention.</summary>
    public static IReadOnlyList<AttributionMethod> All { get; } =

    [
        new RawAttention(), new AttentionRollout(), new MambaAttribution(), new MambaLrp(),
        new TransformerRaw(), new TransformerRawLast(), new TransformerRollout(), new TransformerAttribution(), new LrpRollout(), new PartialLrp(), new FullLrp(),
        new GenericAttention(), new AttentionGradCam(), new TransitionAttention(), new ConservativeLrp(), new AttentionLrp(),
        new InputXGradient(), new IntegratedGradients(), new SmoothGrad(),
    ];

    /// <summary>The methods that can explain a model with these mixers.</summary>
    public static IReadOnlyList<AttributionMethod> For(LayerKinds kinds) => [.. All.Where(method => (kinds & ~method.Explains) == LayerKinds.None)];

    /// <summary>The method of that name that can explain a model with these mixers.</summary>
    /// <exception cref="BadInputException">There is no such method, or it cannot explain such a model.</exception>
    public static AttributionMethod Find(string name, LayerKinds kinds)
    {
        var able = For(kinds);
        if (name == "attribution" && kinds == LayerKinds.Attention)
        {
            name = "transformer-attribution"; // what the paper's tables call Attribution in either column
        }

        var others = All.Where(method => method.Name == name).ToArray();
        return able.FirstOrDefault(method => method.Name == name)
            ?? throw new BadInputException(others.Length == 0
                ? $"there is no method {name}; this model can be explained by {Names(able)}"
                : $"method {name} explains {Words(others[0].Explains)}, this model has {Words(kinds)}; it can be explained by {Names(able)}");
    }

    /// <summary>What a method or a model is made of, in words.</summary>
    public static string Words(LayerKinds kinds) => kinds switch
    {
        LayerKinds.Mamba => "selective scans (Mamba)",
        LayerKinds.Attention => "softmax attention (transformers)",
        _ => "selective scans and softmax attention",
    };

    private static string Names(IEnumerable<AttributionMethod> methods) => string.Join(", ", methods.Select(method => method.Name));
}
