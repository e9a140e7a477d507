using Mambascope.Checkpoints;
using Mambascope.Models.Mixers;

namespace Mambascope.Models;

/// <summary>
/// What models of SS2D blocks are called and sized in a checkpoint. Names of the first releases (and of MedMamba) differ from those of the
/// newer ones, which are used here.
/// </summary>
internal sealed class Ss2dNames
{
    private readonly ModelTensors tensors;
    private readonly bool isOld;

    /// <summary>Looks which names the checkpoint has.</summary>
    public Ss2dNames(ModelTensors tensors)
    {
        this.tensors = tensors;
        isOld = tensors.Has("layers.0.blocks.0.self_attention.x_proj_weight");
        Stages = tensors.Depth("layers.");
        Depths = [.. Enumerable.Range(0, Stages).Select(stage => tensors.Depth($"layers.{stage}.blocks."))];
    }

    /// <summary>Stages.</summary>
    public int Stages { get; }

    /// <summary>Blocks of each.</summary>
    public IReadOnlyList<int> Depths { get; }

    /// <summary>Whether a checkpoint has blocks of that kind, by either name.</summary>
    public static bool AreIn(Checkpoint checkpoint)
        => checkpoint.Tensors.ContainsKey("layers.0.blocks.0.op.x_proj_weight")
        || checkpoint.Tensors.ContainsKey("layers.0.blocks.0.self_attention.x_proj_weight");

    /// <summary>What a tensor is called in the checkpoint.</summary>
    public string InFile(string name)
    {
        if (!isOld)
        {
            return name;
        }

        var parts = name.Split('.');
        return parts switch
        {
            ["patch_embed", "0", var last] => $"patch_embed.proj.{last}",
            ["patch_embed", "2", var last] => $"patch_embed.norm.{last}",
            ["classifier", "norm", var last] => $"norm.{last}",
            ["classifier", "head", var last] => $"head.{last}",
            ["layers", var stage, "blocks", var block, "norm", var last] => $"layers.{stage}.blocks.{block}.ln_1.{last}",
            ["layers", var stage, "blocks", var block, "op", .. var rest]
                => $"layers.{stage}.blocks.{block}.self_attention.{string.Join('.', rest)}",
            _ => name,
        };
    }

    /// <summary>
    /// The shape of a tensor of some dimensions; trailing ones of a linear map that was a 1 x 1 convolution once do not count.
    /// </summary>
    public int[] Shape(string name, int rank)
    {
        var stored = InFile(name);
        var shape = tensors.Checkpoint.Find(stored).Shape;
        return rank == 2 && shape is [_, _, 1, 1] ? [.. tensors.Shape(stored, 4)[..2]] : tensors.Shape(stored, rank);
    }

    /// <summary>Whether there is such a tensor.</summary>
    public bool Has(string name) => tensors.Has(InFile(name));

    /// <summary>A weight of the model by its newer name.</summary>
    public Numerics.Weight Weight(string name, int[] shape)
    {
        var stored = InFile(name);
        return shape is [var rows, var columns] && tensors.Checkpoint.Find(stored).Shape is [_, _, 1, 1]
            ? new(name, tensors.Read(stored, rows, columns, 1, 1), shape)
            : tensors.Weight(stored, shape, name);
    }

    /// <summary>Sizes of the mixers of a stage, from its first block.</summary>
    /// <exception cref="BadInputException">A variant that is not supported, or shapes that do not fit together.</exception>
    public Ss2dSizes Sizes(int stage)
    {
        var at = $"layers.{stage}.blocks.0.op.";
        var (path, own) = (tensors.Checkpoint.Path, InFile(at));
        if (!Has(at + "out_norm.weight"))
        {
            throw new BadInputException(
                $"{path} has no {InFile(at + "out_norm.weight")}: its mixers end in another norm than a layer norm (forward_type "
                    + "\"..._on...\"); supported are v0 and v05_noz");
        }

        var (E, d) = (Shape(at + "out_norm.weight", 1)[0], Shape(at + "out_proj.weight", 2)[0]);
        var (dt, x) = (Shape(at + "dt_projs_weight", 3), Shape(at + "x_proj_weight", 3));
        var (N, R, rows) = (Shape(at + "A_logs", 2)[1], dt[2], Shape(at + "in_proj.weight", 2)[0]);
        if (x[0] != Ss2dMixer.Paths || x[1] != R + (2 * N))
        {
            throw new BadInputException(
                $"{own}x_proj_weight in {path} has shape ({string.Join(", ", x)}), expected ({Ss2dMixer.Paths}, {R + (2 * N)}, {E}): four "
                    + $"scans with a step size of rank {R} and {N} {(N == 1 ? "state" : "states")}; other numbers of "
                    + "scans are not supported");
        }

        return rows == E || rows == 2 * E
            ? new(d, E, N, R, rows == 2 * E, Has(at + "conv2d.bias"))
            : throw new BadInputException(
                $"{own}in_proj.weight in {path} has {rows} rows, expected {2 * E} (with a gate, v0) or {E} (without, v05_noz); this "
                    + "variant is not supported");
    }
}

/// <summary>Sizes of a mixer.</summary>
/// <param name="Width">Channels that it reads and writes, d.</param>
/// <param name="InnerWidth">E.</param>
/// <param name="StateSize">N.</param>
/// <param name="DtRank">R.</param>
/// <param name="HasGate">Whether there is a gate branch.</param>
/// <param name="HasConvBias">Whether the convolution has a bias.</param>
internal sealed record Ss2dSizes(int Width, int InnerWidth, int StateSize, int DtRank, bool HasGate, bool HasConvBias);
