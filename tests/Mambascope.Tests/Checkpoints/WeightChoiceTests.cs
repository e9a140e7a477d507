using Mambascope.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Checkpoints;

/// <summary>One and the same model behind prefixes and in dicts, alone and beside others.</summary>
public sealed class WeightChoiceTests : IDisposable
{
    private static readonly string[] names =
    [
        "patch_embed.proj.weight", "cls_token", "layers.0.norm.weight", "layers.1.norm.weight", "head.weight",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("module.")]
    [InlineData("_orig_mod.")]
    [InlineData("_orig_mod.module.")]
    [InlineData("net.")]
    [InlineData("backbone.")]
    [InlineData("module.model.")]
    [InlineData("student.backbone.model.")]
    public void A_common_prefix_is_seen_through(string prefix)
    {
        var writer = new SafetensorsWriter();
        foreach (var name in names)
        {
            writer.Add(prefix + name, [1], new float[] { name.Length });
        }

        writer.Save(folder.File("a.safetensors"));
        Chooses(
            "a.safetensors",
            null,
            prefix.Replace("module.", "", StringComparison.Ordinal).Replace("_orig_mod.", "", StringComparison.Ordinal).TrimEnd('.')
                is { Length: > 0 } shown
                ? shown
                : "top");
        Assert.Throws<BadInputException>(() => Chooses("a.safetensors", "ema", ""));
    }

    [Theory]
    [InlineData("model")]
    [InlineData("net")]
    [InlineData("ema")]
    [InlineData("model_ema")]
    [InlineData("state_dict_ema")]
    [InlineData("whatever")]
    public void A_nested_dict_is_found(string key)
    {
        folder.Write(
            "a.pth",
            PyTorchZip.Build(
                Dict(new PickleBuilder().Code("}(").Text("epoch").Number(2).Text(key), "0", "").Code("u").Stop(),
                ("0", new float[] { 7 })));
        Chooses("a.pth", null, key, value: 7);
    }

    [Fact]
    public void A_checkpoint_of_Lightning_is_a_dict_and_a_prefix()
    {
        folder.Write(
            "last.ckpt",
            PyTorchZip.Build(
                Dict(new PickleBuilder().Code("}(").Text("state_dict"), "0", "model.")
                    .Text("pytorch-lightning_version")
                    .Text("2.0")
                    .Code("u")
                    .Stop(),
                ("0", new float[] { 7 })));
        Chooses("last.ckpt", null, "state_dict.model", value: 7);

        // Alone in its folder, a .ckpt is what is meant.
        using var checkpoint = Checkpoint.Open(folder.Path);
        Assert.Equal(folder.File("last.ckpt"), checkpoint.Path);
    }

    [Fact]
    public void Of_model_and_moving_average_the_model_is_taken_and_the_other_can_be_named()
    {
        var pickle = Dict(Dict(new PickleBuilder().Code("}(").Text("model_ema"), "1", "module.").Text("model"), "0", "").Text("optimizer");
        folder.Write(
            "a.pth",
            PyTorchZip.Build(
                Dict(pickle, "2", "").Code("u").Stop(), ("0", new float[] { 7 }), ("1", new float[] { 8 }), ("2", new float[] { 9 })));

        Assert.Equal("model_ema", Assert.Single(Chooses("a.pth", null, "model", value: 7)));
        Assert.Equal("model", Assert.Single(Chooses("a.pth", "model_ema", "model_ema", value: 8)));
        Assert.Equal(
            $"{folder.File("a.pth")} holds no weights called optimizer: there are model, model_ema",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => Chooses("a.pth", "optimizer", ""))));
    }

    [Fact]
    public void Teacher_and_student_in_one_dict_are_two_choices()
    {
        var writer = new SafetensorsWriter();
        foreach (var name in names)
        {
            writer.Add("teacher." + name, [1], new float[] { 1 }).Add("student." + name, [1], new float[] { 2 });
        }

        writer.Add("student.extra.bias", [1], new float[1]).Save(folder.File("a.safetensors"));
        Assert.Equal("teacher", Assert.Single(Chooses("a.safetensors", null, "student", value: 2)));
        Assert.Equal("student", Assert.Single(Chooses("a.safetensors", "teacher", "teacher", value: 1)));
    }

    [Fact]
    public void A_damaged_set_beside_the_model_harms_only_who_asks_for_it()
    {
        folder.Write(
            "a.pth",
            PyTorchZip.Build(
                Dict(Dict(new PickleBuilder().Code("}(").Text("model"), "0", "").Text("ema"), "5", "").Code("u").Stop(),
                ("0", new float[] { 7 })));
        using var checkpoint = Checkpoint.Open(folder.File("a.pth"));
        Assert.Equal([7], checkpoint.ReadSingles("head.weight"));
        Assert.Contains(
            "needs a storage data/5",
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => checkpoint.Choose(_ => true, "ema"))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_known_the_whole_file_stays()
    {
        new SafetensorsWriter().Add("a", [1], new float[1]).Save(folder.File("a.safetensors"));
        using var checkpoint = Checkpoint.Open(folder.File("a.safetensors"));
        Assert.Same(checkpoint, checkpoint.Choose(_ => false).Checkpoint);
    }

    private IReadOnlyList<string> Chooses(string file, string? wanted, string expected, float? value = null)
    {
        using var checkpoint = Checkpoint.Open(folder.File(file));
        var choice = checkpoint.Choose(
            candidate => candidate.Tensors.ContainsKey("patch_embed.proj.weight") && candidate.Tensors.ContainsKey("head.weight"), wanted);
        Assert.Equal(expected, choice.Checkpoint.Weights);
        Assert.Superset(names.ToHashSet(StringComparer.Ordinal), choice.Checkpoint.Tensors.Keys.ToHashSet(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal([value ?? name.Length], choice.Checkpoint.ReadSingles(name, 1)));
        Assert.Equal("head.weight", choice.Checkpoint.Find("head.weight").Name);
        return choice.Others;
    }

    private static PickleBuilder Dict(PickleBuilder pickle, string key, string prefix)
    {
        pickle.Code("}(");
        foreach (var name in names)
        {
            pickle.Entry(prefix + name, "FloatStorage", key, 1);
        }

        return pickle.Code("u");
    }
}
