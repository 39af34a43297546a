"""Makes Tests/Fixtures/imports: small models of LightGBM, XGBoost, CatBoost and scikit-learn in the files that the libraries
write, each with rows and what the library predicts for them. Run once, by hand, where the libraries are installed:

    python3 -m venv venv && venv/bin/pip install lightgbm==4.7.0 xgboost==3.2.0 catboost==1.2.10 scikit-learn==1.9.1
    venv/bin/python3 Tests/Oracles/imported_models.py Tests/Fixtures/imports

Half of the rows lie on thresholds, or a last digit beside them, where single and double precision part.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Examples/import"))

import catboost
import lightgbm
import numpy
import xgboost
from export_sklearn import export
from sklearn import ensemble, linear_model, pipeline, preprocessing, tree

out = sys.argv[1]
rng = numpy.random.default_rng(7)
names = ["age", "income", "score", "months"]
X = numpy.round(rng.normal(size=(600, 4)), 3)
full = X.copy()
X[rng.random(X.shape) < 0.1] = numpy.nan
signal = numpy.nan_to_num(X[:, 0]) - numpy.nan_to_num(X[:, 1]) ** 2 + 0.7 * numpy.isnan(X[:, 3])
real = signal + 0.3 * rng.normal(size=600)
classes = (signal + rng.normal(size=600) > -0.6).astype(int)
counts = rng.poisson(numpy.exp(signal / 2))


def rows(thresholds, missing=True):
    """Rows of the data, and rows on and beside the thresholds of each feature."""
    some = [list(row) for row in (X if missing else full)[:40]]
    # CatBoost tells missing values apart by the least number of all, which no row holds.
    thresholds = {feature: [value for value in values if abs(value) < 1e30] for feature, values in thresholds.items()}
    for k in range(40):
        row = list(full[k + 100])
        for feature, values in thresholds.items():
            if values:
                value = float(values[int(rng.integers(len(values)))])
                step = int(rng.integers(-2, 3))
                for _ in range(abs(step)):
                    value = float(numpy.nextafter(value, numpy.inf * step))
                # Half a step of single precision away rounds to either side.
                row[feature] = value + (0, 0.5, -0.5)[k % 3] * float(numpy.spacing(numpy.float32(value)))
        some.append(row)
    return some


def write(name, thresholds, predict, missing=True):
    chosen = rows(thresholds, missing)
    predictions = [float(value) for value in predict(numpy.array(chosen))]
    plain = [[None if value != value else value for value in row] for row in chosen]
    with open(f"{out}/{name}.expected.json", "w") as file:
        json.dump({"rows": plain, "predictions": predictions}, file, allow_nan=False)


# XGBoost
for name, objective, target in [("xgboost-logistic", "binary:logistic", classes), ("xgboost-squared", "reg:squarederror", real),
                                ("xgboost-tweedie", "reg:tweedie", counts)]:
    data = xgboost.DMatrix(X, target, feature_names=names)
    model = xgboost.train({"objective": objective, "max_depth": 3, "gamma": 0.5}, data, 12)
    model.save_model(f"{out}/{name}.json")
    frame = model.trees_to_dataframe()
    thresholds = {i: frame[frame.Feature == feature].Split.tolist() for i, feature in enumerate(names)}
    write(name, thresholds, lambda x, model=model: model.predict(xgboost.DMatrix(x, feature_names=names)))


# LightGBM
def lightgbm_thresholds(model):
    frame = model.trees_to_dataframe()
    return {i: frame[frame.split_feature == feature].threshold.tolist() for i, feature in enumerate(names)}


for name, parameters, target, missing in [
        ("lightgbm-binary", {"objective": "binary", "sigmoid": 1.5}, classes, True),
        ("lightgbm-regression", {"objective": "regression"}, real, True),
        ("lightgbm-poisson", {"objective": "poisson"}, counts, True),
        ("lightgbm-full", {"objective": "regression"}, real, False),
        ("lightgbm-forest", {"objective": "regression", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}, real, True)]:
    data = lightgbm.Dataset(X if missing else full, target, feature_name=names)
    model = lightgbm.train({"num_leaves": 7, "verbosity": -1, "seed": 1, **parameters}, data, 12)
    with open(f"{out}/{name}.json", "w") as file:
        json.dump(model.dump_model(), file)
    model.save_model(f"{out}/{name}.txt")
    # A model of rows that lacked nothing takes 0 for what is missing later.
    write(name, lightgbm_thresholds(model), model.predict)

# CatBoost
for name, loss, target in [("catboost-logloss", "Logloss", classes), ("catboost-rmse", "RMSE", real)]:
    model = catboost.CatBoost({"loss_function": loss, "iterations": 12, "depth": 3, "verbose": 0, "random_seed": 1,
                               "allow_writing_files": False})
    model.fit(catboost.Pool(X, target, feature_names=names))
    model.save_model(f"{out}/{name}.json", format="json")
    file = json.load(open(f"{out}/{name}.json"))
    # Paths and times of the training play no part in the model.
    file["model_info"] = {"params": {"loss_function": file["model_info"]["params"]["loss_function"]}}
    json.dump(file, open(f"{out}/{name}.json", "w"))
    thresholds = {i: f["borders"] or [] for i, f in enumerate(file["features_info"]["float_features"])}
    if loss == "Logloss":
        write(name, thresholds, lambda x, model=model: model.predict(x, prediction_type="Probability")[:, 1])
    else:
        write(name, thresholds, lambda x, model=model: model.predict(x))

# scikit-learn
two = classes
cases = [
    ("sklearn-linear", linear_model.LinearRegression(), real, full),
    ("sklearn-logistic", linear_model.LogisticRegression(), two, full),
    ("sklearn-scaled", pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression()), two, full),
    ("sklearn-tree", tree.DecisionTreeClassifier(max_depth=4, random_state=1), two, X),
    ("sklearn-forest", ensemble.RandomForestClassifier(8, max_depth=4, random_state=1), two, X),
    ("sklearn-forest-regression", ensemble.RandomForestRegressor(8, max_depth=4, random_state=1), real, X),
    ("sklearn-boosting", ensemble.GradientBoostingClassifier(n_estimators=12, random_state=1), two, full),
    ("sklearn-boosting-regression", ensemble.GradientBoostingRegressor(n_estimators=12, random_state=1), real, full),
    ("sklearn-histogram", ensemble.HistGradientBoostingClassifier(max_iter=12, max_leaf_nodes=7), two, X),
    ("sklearn-histogram-poisson", ensemble.HistGradientBoostingRegressor(loss="poisson", max_iter=12, max_leaf_nodes=7), counts, X),
]
for name, model, target, features in cases:
    model.fit(features, target)
    export(model, names, f"{out}/{name}.json")
    content = json.load(open(f"{out}/{name}.json"))
    thresholds = {i: [t for one in content.get("trees", []) for t, f in zip(one["threshold"], one["feature"]) if f == i]
                  for i in range(4)}
    predict = (lambda x, model=model: model.predict_proba(x)[:, 1]) if hasattr(model, "classes_") else model.predict
    write(name, thresholds, predict, missing=features is X)
