using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Mambascope.FirstRun;

/// <summary>
/// A profile for .NET's ahead-of-time compiler (crossgen2 --mibc). It is an assembly that is never run: a method "AssemblyDictionary" names
/// groups, and the method of a group loads the token of each method that is to be compiled
/// (dotnet/runtime, src/coreclr/tools/Common/../IBC/MIbcProfileParser.cs). The same methods give the same bytes.
/// </summary>
internal sealed class MethodProfile
{
    // The name of a group lists assemblies whose methods are in it: one that is always there lets none be skipped.
    private const string Group = "Mambascope;";

    private static readonly Guid module = new("6f6b1c0a-7a51-4c8e-9d39-3a0c5d1f0001");

    private readonly MetadataBuilder metadata = new();
    private readonly SignatureWriter signatures;
    private readonly List<EntityHandle> methods = [];

    /// <summary>An empty profile.</summary>
    public MethodProfile() => signatures = new(metadata);

    /// <summary>Adds a method; false for one that profiles cannot name.</summary>
    public bool TryAdd(MethodBase method)
    {
        try
        {
            methods.Add(signatures.Token(method));
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Writes it.</summary>
    public void Save(string path)
    {
        var bodies = new BlobBuilder();
        var stream = new MethodBodyStreamEncoder(bodies);
        var nothing = signatures.NoArguments();

        var group = new InstructionEncoder(new());
        foreach (var method in methods)
        {
            Name(group, method);
        }

        group.OpCode(ILOpCode.Ret);
        var dictionary = new InstructionEncoder(new());
        dictionary.LoadString(metadata.GetOrAddUserString(Group));
        Name(dictionary, MetadataTokens.MethodDefinitionHandle(1));
        dictionary.OpCode(ILOpCode.Ret);

        metadata.AddModule(0, metadata.GetOrAddString("FirstRun.mibc"), metadata.GetOrAddGuid(module), default, default);
        metadata.AddAssembly(metadata.GetOrAddString("FirstRun"), new(1, 0, 0, 0), default, default, default, AssemblyHashAlgorithm.None);
        metadata.AddTypeDefinition(
            default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1),
            MetadataTokens.MethodDefinitionHandle(1));
        Define("Group", stream.AddMethodBody(group), nothing);
        Define("AssemblyDictionary", stream.AddMethodBody(dictionary), nothing);

        var image = new ManagedPEBuilder(
            new(imageCharacteristics: Characteristics.Dll | Characteristics.ExecutableImage), new(metadata), bodies,
            deterministicIdProvider: _ => new(module, stamp: 1));
        var bytes = new BlobBuilder();
        image.Serialize(bytes);
        File.WriteAllBytes(path, bytes.ToArray());
    }

    private static void Name(InstructionEncoder code, EntityHandle method)
    {
        code.OpCode(ILOpCode.Ldtoken);
        code.Token(method);
        code.OpCode(ILOpCode.Pop);
    }

    private void Define(string name, int body, BlobHandle signature)
        => metadata.AddMethodDefinition(
            MethodAttributes.Public | MethodAttributes.Static, MethodImplAttributes.IL, metadata.GetOrAddString(name), signature, body,
            default);
}
