namespace Mambascope.Models;

/// <summary>A Mamba-2 mixer by the keys that Falcon-H1, Granite and Bamba share.</summary>
internal static class HeadScanSettings
{
    /// <summary>Reads the sizes.</summary>
    /// <param name="settings">config.json.</param>
    /// <param name="at">A block's mixer, to see which biases there are.</param>
    /// <param name="width">Width of the residual stream.</param>
    /// <param name="innerWidth">Channels.</param>
    /// <param name="epsilon">Epsilon of norms.</param>
    /// <param name="outBiasKey">Key that says whether out_proj has a bias.</param>
    public static HeadScanShape Read(
        DecoderSettings settings, string at, int width, int innerWidth, float epsilon, string outBiasKey = "mamba_proj_bias")
    {
        var heads = settings.Size("mamba_n_heads", 128);
        var each = settings.SizeOrAuto("mamba_d_head", () => innerWidth / heads);
        if ((long)each * heads != innerWidth)
        {
            throw settings.Error(
                $"{heads} heads of {each} channels do not make a width of {innerWidth}; correct mamba_n_heads or mamba_d_head");
        }

        HeadScanShape shape = new()
        {
            Width = width,
            InnerWidth = innerWidth,
            Heads = heads,
            Groups = settings.Size("mamba_n_groups", 1),
            StateSize = settings.Size("mamba_d_state", 256),
            ConvWidth = settings.Size("mamba_d_conv", 4),
            HasInBias = settings.HasBias("mamba_proj_bias", absent: false, at + "in_proj.bias"),
            HasOutBias = settings.HasBias(outBiasKey, absent: false, at + "out_proj.bias"),
            HasConvBias = settings.HasBias("mamba_conv_bias", absent: true, at + "conv1d.bias"),
            NormEpsilon = epsilon,
            Steps = settings.Steps("time_step_limit"),
        };
        return Checked(settings, shape);
    }

    /// <summary>Refuses groups that do not divide.</summary>
    public static HeadScanShape Checked(DecoderSettings settings, HeadScanShape shape)
    {
        settings.RequireMultiple(
            shape.Heads, shape.Groups, $"{shape.Groups} groups do not divide {shape.Heads} heads; correct the number of groups");
        settings.RequireMultiple(
            shape.InnerWidth,
            shape.NormGroups,
            $"{shape.NormGroups} groups do not divide {shape.InnerWidth} channels; correct the number of groups");
        settings.Times(2 * shape.Groups, shape.StateSize, "the number of coefficients");
        return shape;
    }
}
